// Lint plugin of the house: the table of may-import.ts, applied to every form of import.
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { whyNot } from './may-import.ts'

interface Literal {
  value?: unknown
}
interface Specifier {
  importKind?: string
  exportKind?: string
  imported?: { name?: string }
  local?: { name?: string }
  type: string
}
interface ImportingNode {
  source?: Literal | null
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

function isTypesOnly(node: ImportingNode): boolean {
  return node.importKind === 'type' || node.exportKind === 'type'
}

const mayImport = {
  create(context: Context) {
    function check(node: ImportingNode): void {
      const written = node.source?.value
      if (typeof written !== 'string') return
      const isPackage = !written.startsWith('.') && !written.startsWith('/')
      const target = isPackage ? written : inRepo(join(dirname(context.filename), written))
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

export default { meta: { name: 'house' }, rules: { 'may-import': mayImport } }
