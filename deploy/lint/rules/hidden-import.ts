// Ways to reach a module that an import table cannot follow, in the syntax tree of one file.

export interface Syntax {
  type: string
  name?: string
  value?: unknown
  object?: Syntax
  property?: Syntax
  computed?: boolean
  callee?: Syntax
  arguments?: readonly Syntax[]
  parent?: Syntax
  /** Of a template literal. */
  quasis?: readonly { value: { cooked?: string | null } }[]
  /** Of `import.meta`. */
  meta?: { name?: string }
}

/** The text between quotes, or between backticks when nothing is inserted. */
export function textOf(node: Syntax | null | undefined): string | undefined {
  if (typeof node?.value === 'string') return node.value
  return node?.quasis?.length === 1 ? (node.quasis[0]?.value.cooked ?? undefined) : undefined
}

export const memberOf = (node: Syntax): string | undefined =>
  node.computed ? textOf(node.property) : node.property?.name

const isImportMeta = (node: Syntax | undefined): boolean =>
  node?.type === 'MetaProperty' && node.meta?.name === 'import'

/** `require` in any position, and the functions that load a module by its name. */
export function isLoader(node: Syntax): boolean {
  if (node.type === 'Identifier')
    return node.name === 'getBuiltinModule' || (node.name === 'require' && !isPropertyName(node))
  const member = memberOf(node)
  return member === 'require' || member === 'getBuiltinModule' || member === 'mainModule'
}

const isPropertyName = ({ parent, ...node }: Syntax): boolean =>
  (parent?.type === 'MemberExpression' && !parent.computed && parent.property?.name === node.name) ||
  parent?.type === 'Property'

export type MetaUse =
  | { kind: 'harmless' }
  /** A module named by `new URL('…', import.meta.url)` or `import.meta.resolve('…')`. */
  | { kind: 'names'; path: string; isUrl: boolean }
  | { kind: 'computed' }
  | { kind: 'own-path' }
  | { kind: 'glob' }

/** `import.meta` as a whole, such as `const { url } = import.meta`. */
export const isMetaAlias = (node: Syntax): boolean =>
  isImportMeta(node) && node.parent?.type !== 'MemberExpression'

/** What `import.meta.x` is used for. */
export function metaUse(node: Syntax): MetaUse | undefined {
  if (!isImportMeta(node.object)) return undefined
  const { parent } = node
  const [first] = parent?.arguments ?? []
  switch (memberOf(node)) {
    case 'url':
      if (parent?.type !== 'NewExpression' || parent.callee?.name !== 'URL' || parent.arguments?.[1] !== node)
        return { kind: 'own-path' }
      return names(first, true)
    case 'resolve':
      return parent?.type === 'CallExpression' && parent.callee === node
        ? names(first, false)
        : { kind: 'computed' }
    case 'glob':
    case 'globEager':
      return { kind: 'glob' }
    case 'dirname':
    case 'filename':
    case undefined:
      return { kind: 'own-path' }
    default:
      return { kind: 'harmless' }
  }
}

function names(argument: Syntax | undefined, isUrl: boolean): MetaUse {
  const path = textOf(argument)
  return path === undefined ? { kind: 'computed' } : { kind: 'names', path, isUrl }
}
