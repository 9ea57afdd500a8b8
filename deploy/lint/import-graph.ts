// Which file imports which, read from the sources.
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type Node, Visitor, parseSync } from 'oxc-parser'
import { inRepo, root } from './repo.ts'

export interface ImportEdge {
  /** Path in the repository, or the name of a package that is not part of it. */
  target: string
  isPackage: boolean
  /** `import type`: removed at run time. */
  typesOnly: boolean
}

const known = new Map<string, readonly ImportEdge[]>()

/** All imports of a file in every form, and the modules that it names with `new URL('…', import.meta.url)`. */
export function importsOf(file: string): readonly ImportEdge[] {
  const cached = known.get(file)
  if (cached) return cached
  const found = parse(file).map(({ specifier, typesOnly }) => ({ ...resolve(file, specifier), typesOnly }))
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
}

function parse(file: string): Found[] {
  if (!/\.(ts|tsx|mjs)$/.test(file)) return []
  const { program, errors } = parseSync(file, readFileSync(join(root, file), 'utf8'))
  if (errors[0]) throw new Error(`${file} cannot be parsed: ${errors[0].message}`)
  const found: Found[] = []
  const add = (source: Node | null | undefined, typesOnly: boolean) => {
    if (source?.type === 'Literal' && typeof source.value === 'string')
      found.push({ specifier: source.value, typesOnly })
    if (source?.type === 'TemplateLiteral' && source.quasis.length === 1)
      found.push({ specifier: source.quasis[0]?.value.cooked ?? '', typesOnly })
  }
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
      if (path?.type === 'Literal' && typeof path.value === 'string' && /\.(ts|mjs)$/.test(path.value))
        found.push({ specifier: path.value.replace(/^(?=[^./])/, './'), typesOnly: false })
    },
  }).visit(program)
  return found
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
