// Lint plugin of the house: the table of may-import.ts, applied to every form of import.
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { literalText } from './literal-text.ts'
import { whyNot } from './may-import.ts'

interface Source {
  value?: unknown
  /** Of a template literal. */
  quasis?: readonly { value: { cooked?: string | null } }[]
}
interface Specifier {
  importKind?: string
  exportKind?: string
  imported?: { name?: string }
  local?: { name?: string }
  type: string
}
interface ImportingNode {
  source?: Source | null
  importKind?: string
  exportKind?: string
  specifiers?: readonly Specifier[]
}
interface Context {
  filename: string
  report(problem: { node: ImportingNode; message: string }): void
}

// Told by the place of this file, so that the rule also holds in a copy of the tree.
const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

const inRepo = (path: string) => relative(root, path).split(sep).join('/')

function namesOf(node: ImportingNode): readonly string[] | undefined {
  const named = node.specifiers?.map(({ type, imported, local }) =>
    type === 'ImportSpecifier' ? imported?.name : type === 'ExportSpecifier' ? local?.name : undefined,
  )
  return named?.every((name) => name !== undefined) ? named : undefined
}

/** What is written between the quotes, or between backticks without a sum in them. */
function written(source: Source | null | undefined): string | undefined {
  if (typeof source?.value === 'string') return source.value
  return source?.quasis?.length === 1 ? (source.quasis[0]?.value.cooked ?? undefined) : undefined
}

function isTypesOnly(node: ImportingNode): boolean {
  return node.importKind === 'type' || node.exportKind === 'type'
}

const mayImport = {
  create(context: Context) {
    function check(node: ImportingNode): void {
      const path = written(node.source)
      if (path === undefined) return
      const isPackage = !path.startsWith('.') && !path.startsWith('/')
      const target = isPackage ? path : inRepo(join(dirname(context.filename), path))
      const from = inRepo(context.filename)
      const why = whyNot({ from, target, isPackage, typesOnly: isTypesOnly(node), names: namesOf(node) })
      if (why) context.report({ node, message: `${from} may not import ${target}: ${why}` })
    }
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      TSImportType: check,
    }
  },
}

export default { meta: { name: 'house' }, rules: { 'may-import': mayImport, 'literal-text': literalText } }
