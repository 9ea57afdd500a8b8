/*
 * Checks the numbered lists of docs/architecture.md that follow one request through the code, such as “Life of a join”.
 *
 * Each item links one file first: `1. [rooms.ts](../control-plane/src/http/routes/rooms.ts) …`. A file leads to the
 * next when one of these holds:
 * - import: it imports the next file at run time
 * - port: both import the same interface as a type, the next file defines a method of it, and this one calls it
 * - route: it contains the path of a request (`/v1/rooms/${code}/join`) that the next file registers
 *   (`/v1/rooms/:room/join`)
 * - script: it is TypeScript and names the Lua script (`rooms/place-rooms`)
 * - include: it is Lua and includes the library (`-- @include placement/find-room`)
 */
import { existsSync, readFileSync } from 'node:fs'
import { join, normalize } from 'node:path'
import { Visitor, parseSync } from 'oxc-parser'
import { importsOf } from './import-graph.ts'
import { root } from './repo.ts'

const MAX_FILES = 5
const MAX_LINES = 200

const read = (file: string): string => readFileSync(join(root, file), 'utf8')

/** The files of the first numbered list under `## title`, as paths in the repository. `document` is such a path too. */
export function listedFiles(document: string, title: string): string[] {
  const [, section = ''] = read(document).split(`\n## ${title}\n`)
  const items = section.split('\n## ')[0]?.match(/^\d+\. .*/gm) ?? []
  return items.map((item) => {
    const target = /^\d+\. \[[^\]]+\]\(([^)#]+)\)/.exec(item)?.[1]
    if (!target) throw new Error(`${document}, “${title}”: no file is linked first in “${item}”`)
    return normalize(join(document, '..', target))
  })
}

/** What is wrong with a list; empty when it is correct. */
export function callPathProblems(files: readonly string[]): string[] {
  if (files.length < 2) return ['there is no list of files']
  const missing = files.filter((file) => !existsSync(join(root, file)))
  if (missing.length > 0) return missing.map((file) => `${file} does not exist`)
  const problems = files.flatMap((file) => {
    const lines = read(file).trimEnd().split('\n').length
    return lines >= MAX_LINES ? [`${file} has ${lines} lines, not under ${MAX_LINES}`] : []
  })
  if (files.length > MAX_FILES) problems.push(`${files.length} files, more than ${MAX_FILES}`)
  for (const [i, to] of files.entries()) {
    const from = files[i - 1]
    if (from !== undefined && !leadsTo(from, to)) problems.push(`${from} neither imports nor calls ${to}`)
  }
  return problems
}

function leadsTo(from: string, to: string): boolean {
  if (from.endsWith('.lua')) return to.endsWith('.lua') && isIncluded(from, to)
  if (to.endsWith('.lua')) return read(from).includes(`'${nameOfScript(to)}'`)
  return imports(from, to) || callsByPort(from, to) || requests(from, to)
}

const imports = (from: string, to: string): boolean =>
  importsOf(from).some(({ target, typesOnly }) => target === to && !typesOnly)

/** control-plane/src/redis/lua/rooms/place-rooms.lua → rooms/place-rooms */
const nameOfScript = (file: string): string => file.replace(/^.*\/lua\//, '').replace(/\.lua$/, '')

function isIncluded(from: string, to: string): boolean {
  const name = nameOfScript(to)
  return read(from)
    .split('\n')
    .some((line) => line === `-- @include ${name}` || `lib/${line.replace('-- @include ', '')}` === name)
}

/** `/v1/rooms/${code}/join` and `/v1/rooms/:room/join` become the same. */
const routesIn = (file: string): Set<string> =>
  new Set(
    [...read(file).matchAll(/['"`][^'"`\s]*?(\/v1\/[^'"`?\s]+)/g)].map(([, path = '']) =>
      path.replaceAll(/\$\{[^}]*\}|:\w+/g, '*'),
    ),
  )

function requests(from: string, to: string): boolean {
  const registered = routesIn(to)
  return [...routesIn(from)].some((path) => registered.has(path))
}

function callsByPort(from: string, to: string): boolean {
  const ports = portsOf(to)
  return portsOf(from)
    .filter(({ name, file }) => ports.some((port) => port.name === name && port.file === file))
    .some(({ name, file }) => {
      const called = shape(from).called
      const defined = shape(to).defined
      return membersOf(name, file).some((member) => called.has(member) && defined.has(member))
    })
}

interface Port {
  name: string
  /** Where the interface is declared. */
  file: string
}

/** The types that a file imports from files of this repository. */
function portsOf(file: string): Port[] {
  const { program } = parseSync(file, read(file))
  const ports: Port[] = []
  new Visitor({
    ImportDeclaration(node) {
      if (!node.source.value.startsWith('.')) return
      const declaredIn = normalize(join(file, '..', node.source.value))
      for (const specifier of node.specifiers)
        if (specifier.type === 'ImportSpecifier' && specifier.imported.type === 'Identifier')
          ports.push({ name: specifier.imported.name, file: declaredIn })
    },
  }).visit(program)
  return ports
}

/** The methods of an exported interface or object type; empty when the file declares none of that name. */
function membersOf(name: string, file: string): string[] {
  if (!existsSync(join(root, file))) return []
  const members: string[] = []
  const add = (signatures: readonly { type: string; key?: unknown }[]) => {
    for (const { key } of signatures) {
      const { name: member } = (key ?? {}) as { name?: unknown }
      if (typeof member === 'string') members.push(member)
    }
  }
  new Visitor({
    TSInterfaceDeclaration: (node) => void (node.id.name === name && add(node.body.body)),
    TSTypeAliasDeclaration: (node) =>
      void (
        node.id.name === name &&
        node.typeAnnotation.type === 'TSTypeLiteral' &&
        add(node.typeAnnotation.members)
      ),
  }).visit(parseSync(file, read(file)).program)
  return members
}

/** The methods that a file calls (`a.m()`), and the members that it defines in objects and classes. */
function shape(file: string): { called: Set<string>; defined: Set<string> } {
  const called = new Set<string>()
  const defined = new Set<string>()
  new Visitor({
    CallExpression({ callee }) {
      if (callee.type === 'MemberExpression' && callee.property.type === 'Identifier')
        called.add(callee.property.name)
    },
    Property: ({ key }) => void (key.type === 'Identifier' && defined.add(key.name)),
    MethodDefinition: ({ key }) => void (key.type === 'Identifier' && defined.add(key.name)),
  }).visit(parseSync(file, read(file)).program)
  return { called, defined }
}
