// Applies the import tables to every form of import, and refuses the forms that they cannot follow.
import { dirname, join } from 'node:path'
import { EXCEPTIONS, type Way } from '../imports/exceptions.ts'
import { partOf, whyNot } from '../imports/may-import.ts'
import { inRepo } from '../repo.ts'
import { MODULE } from '../sources.ts'
import { type Syntax, isLoader, isMetaAlias, metaUse, textOf } from './hidden-import.ts'
import { type Context, reporter } from './report.ts'

interface Specifier {
  imported?: { name?: string }
  local?: Syntax
  type: string
}
interface Declaration extends Syntax {
  declarations?: readonly { init?: Syntax | null }[]
  /** Of a type alias. */
  typeAnnotation?: { typeName?: Syntax; typeArguments?: unknown }
}
interface ImportingNode extends Syntax {
  source?: Syntax | null
  importKind?: string
  exportKind?: string
  specifiers?: readonly Specifier[]
  declaration?: Declaration | null
}

const MESSAGES: Readonly<Record<Way, string>> = {
  'computed-import': 'the path of a module must be written out, or the import tables cannot be applied to it',
  'node:module': 'modules are loaded with import, or the import tables cannot be applied to them',
  'own-path': 'a file is named with new URL(‘…’, import.meta.url), so that the import tables apply to it',
  're-export': 'a file exports only what its own part defines; import this where it is defined',
}

/** The names that are imported; undefined when it is the whole module. */
function namesOf(node: ImportingNode): readonly string[] | undefined {
  const names = node.specifiers?.map(({ type, imported, local }) =>
    type === 'ImportSpecifier' ? imported?.name : type === 'ExportSpecifier' ? local?.name : undefined,
  )
  return names?.every((name) => name !== undefined) ? names : undefined
}

/** `../r%65dis/stores.ts?x` → `../redis/stores.ts` */
const pathIn = (specifier: string): string =>
  specifier.startsWith('#') ? specifier : decodeURIComponent(specifier.replace(/[?#].*$/, ''))

export const mayImportRule = {
  create(context: Context<ImportingNode>) {
    const { file, report, reportStale } = reporter('may-import', context)
    const used = new Set<Way>()
    /** Local names of what is imported from another part. */
    const foreign = new Set<string>()
    const refuse = (node: ImportingNode, way: Way, what: string) => {
      used.add(way)
      if (!EXCEPTIONS[way][file]) context.report({ node, message: `${what}: ${MESSAGES[way]}` })
    }

    const isOwn = (target: string) => partOf(target) === partOf(file)
    function check(node: ImportingNode, specifier: string, byPath = false): void {
      const path = pathIn(specifier)
      const isPackage = !path.startsWith('.') && !path.startsWith('/')
      const target = isPackage ? path : inRepo(join(dirname(context.filename), path))
      const typesOnly = node.importKind === 'type' || node.exportKind === 'type'
      const why = whyNot({ from: file, target, isPackage, typesOnly, byPath, names: namesOf(node) })
      if (why) report(node, `${file} -> ${target}`, `${file} may not import ${target}: ${why}`)
      if (/^(node:)?module$/.test(path) && !typesOnly) refuse(node, 'node:module', path)
      if (isPackage || !isOwn(target)) {
        for (const { local } of node.specifiers ?? []) if (local?.name) foreign.add(local.name)
        if (node.type.startsWith('Export') && !why) refuse(node, 're-export', `export from ${target}`)
      }
    }
    const checkSource = (node: ImportingNode) => {
      const path = textOf(node.source)
      if (path !== undefined) check(node, path)
      else if (node.type === 'ImportExpression') refuse(node, 'computed-import', 'import(…)')
    }

    function checkMeta(node: ImportingNode): void {
      const use = metaUse(node)
      if (use?.kind === 'names') {
        if (!use.isUrl) check(node, use.path)
        else if (MODULE.test(pathIn(use.path))) check(node, use.path.replace(/^(?=[^./])/, './'), true)
      } else if (use?.kind === 'own-path') refuse(node, 'own-path', 'the path of this file')
      else if (use?.kind === 'computed') refuse(node, 'computed-import', 'a computed path')
      else if (use?.kind === 'glob') refuse(node, 'computed-import', 'import.meta.glob')
    }
    const checkLoader = (node: ImportingNode) => {
      if (isLoader(node)) refuse(node, 'node:module', 'require and its like')
    }

    /** Checked at the end, when all imports are known. */
    const exported: ImportingNode[] = []
    function checkExports(): void {
      for (const node of exported)
        for (const name of exportedNames(node))
          if (foreign.has(name)) refuse(node, 're-export', `export of ${name}`)
    }

    return {
      ImportDeclaration: checkSource,
      ImportExpression: checkSource,
      ExportNamedDeclaration(node: ImportingNode) {
        if (node.source) checkSource(node)
        else exported.push(node)
      },
      ExportDefaultDeclaration: (node: ImportingNode) => void exported.push(node),
      ExportAllDeclaration: checkSource,
      TSImportType: checkSource,
      TSImportEqualsDeclaration: (node: ImportingNode) => refuse(node, 'node:module', 'import … = require'),
      Identifier: checkLoader,
      MetaProperty(node: ImportingNode) {
        if (isMetaAlias(node)) refuse(node, 'own-path', 'import.meta')
      },
      MemberExpression(node: ImportingNode) {
        checkLoader(node)
        checkMeta(node)
      },
      'Program:exit'(node: ImportingNode) {
        checkExports()
        reportStale(node)
        for (const [way, files] of Object.entries(EXCEPTIONS))
          if (files[file] && !used.has(way as Way))
            context.report({
              node,
              message: `“${file}” is no longer needed: remove it from ${way} in deploy/lint/imports/exceptions.ts`,
            })
      },
    }
  },
}

/** The local names that an export hands on unchanged: `export { a }`, `export default a`, `export const b = a`. */
function exportedNames({ specifiers = [], declaration }: ImportingNode): string[] {
  const values = [declaration, ...(declaration?.declarations ?? []).map(({ init }) => init)]
  const alias = declaration?.typeAnnotation
  const type = alias?.typeArguments ? undefined : alias?.typeName
  return [...specifiers.map(({ local }) => local), ...values, type].flatMap((node) =>
    node?.type === 'Identifier' && node.name ? [node.name] : [],
  )
}
