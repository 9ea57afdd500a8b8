// Applies the import tables to every form of import.
import { dirname, join } from 'node:path'
import { whyNot } from '../imports/may-import.ts'
import { inRepo } from '../repo.ts'
import { type Context, reporter } from './report.ts'

interface Source {
  value?: unknown
  /** Set for a template literal. */
  quasis?: readonly { value: { cooked?: string | null } }[]
}
interface Specifier {
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

/** The names that are imported; undefined when it is the whole module. */
function namesOf(node: ImportingNode): readonly string[] | undefined {
  const names = node.specifiers?.map(({ type, imported, local }) =>
    type === 'ImportSpecifier' ? imported?.name : type === 'ExportSpecifier' ? local?.name : undefined,
  )
  return names?.every((name) => name !== undefined) ? names : undefined
}

/** The path between quotes, or between backticks when nothing is inserted. */
function pathOf(source: Source | null | undefined): string | undefined {
  if (typeof source?.value === 'string') return source.value
  return source?.quasis?.length === 1 ? (source.quasis[0]?.value.cooked ?? undefined) : undefined
}

export const mayImportRule = {
  create(context: Context<ImportingNode>) {
    const { file, report, reportStale } = reporter('may-import', context)
    function check(node: ImportingNode): void {
      const path = pathOf(node.source)
      if (path === undefined) return
      const isPackage = !path.startsWith('.') && !path.startsWith('/')
      const target = isPackage ? path : inRepo(join(dirname(context.filename), path))
      const typesOnly = node.importKind === 'type' || node.exportKind === 'type'
      const why = whyNot({ from: file, target, isPackage, typesOnly, names: namesOf(node) })
      if (why) report(node, `${file} -> ${target}`, `${file} may not import ${target}: ${why}`)
    }
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      TSImportType: check,
      'Program:exit': reportStale,
    }
  },
}
