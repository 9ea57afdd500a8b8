// Which file imports which, read from the sources.
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { type CallExpression, type Node, Visitor, parseSync } from 'oxc-parser'
import { inRepo, root } from './repo.ts'
import { MODULE } from './sources.ts'

export interface ImportEdge {
  /** Path in the repository, or the name of a package that is not part of it. */
  target: string
  isPackage: boolean
  /** `import type`: removed at run time. */
  typesOnly: boolean
  /** Named by its path and not imported: the file is started as a process or in a thread. */
  byPath: boolean
}

const known = new Map<string, readonly ImportEdge[]>()

/**
 * All imports of a file in every form, and the modules that it names by a path: `new URL('…', import.meta.url)`,
 * `join(repoDir, '…')`, `spawn(…, ['…'])`.
 */
export function importsOf(file: string): readonly ImportEdge[] {
  const cached = known.get(file)
  if (cached) return cached
  const found = parse(file).map(({ specifier, ...kind }) => ({ ...resolve(file, specifier), ...kind }))
  known.set(file, found)
  return found
}

/**
 * All files and packages that a file needs at run time, itself included. Throws if an imported file of this repository
 * does not exist.
 */
export function reachableFrom(file: string): { files: Set<string>; packages: Set<string> } {
  const files = new Set([file])
  const packages = new Set<string>()
  for (const from of files) {
    for (const { target, isPackage, typesOnly } of importsOf(from)) {
      if (typesOnly) continue
      if (isPackage) packages.add(target)
      else if (existsSync(join(root, target))) files.add(target)
      else throw new Error(`${from} imports ${target}, which does not exist`)
    }
  }
  return { files, packages }
}

interface Found {
  specifier: string
  typesOnly: boolean
  byPath: boolean
}

function parse(file: string): Found[] {
  if (!MODULE.test(file)) return []
  const { program, errors } = parseSync(file, readFileSync(join(root, file), 'utf8'))
  if (errors[0]) throw new Error(`${file} cannot be parsed: ${errors[0].message}`)
  const found: Found[] = []
  const add = (source: Node | null | undefined, typesOnly: boolean) => {
    const specifier = textOf(source)
    if (specifier !== undefined) found.push({ specifier, typesOnly, byPath: false })
  }
  const addPath = (specifier: string) => found.push({ specifier, typesOnly: false, byPath: true })
  new Visitor({
    ImportDeclaration: (node) => add(node.source, node.importKind === 'type'),
    ExportNamedDeclaration: (node) => add(node.source, node.exportKind === 'type'),
    ExportAllDeclaration: (node) => add(node.source, node.exportKind === 'type'),
    ImportExpression: (node) => add(node.source, false),
    TSImportType: (node) => add(node.source, true),
    NewExpression(node) {
      const [path, base] = node.arguments
      const isUrl = node.callee.type === 'Identifier' && node.callee.name === 'URL'
      if (!isUrl || base?.type !== 'MemberExpression' || base.object.type !== 'MetaProperty') return
      const text = textOf(path)
      if (text !== undefined && MODULE.test(text)) addPath(text.replace(/^(?=[^./])/, './'))
    },
    CallExpression(node) {
      for (const path of startedPaths(node))
        if (existsSync(join(root, path))) addPath(`./${relative(dirname(file), path)}`)
    },
  }).visit(program)
  return found
}

/** The text between quotes, or between backticks when nothing is inserted. */
function textOf(node: Node | null | undefined): string | undefined {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value
  if (node?.type === 'TemplateLiteral' && node.quasis.length === 1)
    return node.quasis[0]?.value.cooked ?? undefined
  return undefined
}

/** Functions that start a program, by the beginnings of their names. */
const STARTS = /^(spawn|fork|exec|run|start)/
const JOINS = new Set(['join', 'resolve'])
const ROOTS = new Set(['repoDir', 'root'])

/** Paths in the repository that a call names: `join(repoDir, 'a', 'b.ts')`, and the arguments of a started program. */
function startedPaths({ callee, arguments: args }: CallExpression): string[] {
  if (callee.type !== 'Identifier') return []
  const [first, ...rest] = args
  if (JOINS.has(callee.name)) {
    const parts = rest.map(textOf)
    if (first?.type !== 'Identifier' || !ROOTS.has(first.name) || parts.includes(undefined)) return []
    const path = parts.join('/')
    return MODULE.test(path) ? [path] : []
  }
  if (!STARTS.test(callee.name)) return []
  return args
    .flatMap((arg) => (arg.type === 'ArrayExpression' ? arg.elements : [arg]))
    .flatMap((arg) => textOf(arg) ?? [])
    .filter((text) => MODULE.test(text))
}

function resolve(file: string, specifier: string): { target: string; isPackage: boolean } {
  if (specifier.startsWith('.'))
    return { target: inRepo(join(root, dirname(file), specifier.replace(/\?.*$/, ''))), isPackage: false }
  if (!specifier.startsWith('@levee/')) return { target: nameOf(specifier), isPackage: true }
  const path = createRequire(join(root, file)).resolve(specifier)
  return { target: inRepo(realpathSync(path)), isPackage: false }
}

/** `fastify/types` → `fastify`, `@a/b/c` → `@a/b`. */
function nameOf(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}
