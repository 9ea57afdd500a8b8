// Which literals are text for people, and which literals an expression can evaluate to.

export interface Node {
  type: string
  parent?: Node
  /** Of a literal, an attribute or a property. */
  value?: unknown
  name?: unknown
  [field: string]: unknown
}

/** Constants of the file by name, so that a text cannot hide behind one. */
export type Constants = ReadonlyMap<string, readonly Node[]>

export const hasLetter = (text: string): boolean => /\p{L}/u.test(text)

const WORDS_WITH_SPACE = /\p{L}\S*\s+\S*\p{L}/u
/** “Save”, “OK”, “Loading…”: one word as it stands at the start of a text; not an identifier such as “ArrowUp”. */
const CAPITAL_WORD = /^\p{Lu}(?:\p{Ll}+|\p{Lu}*)(?:[-’']\p{L}+)*[.,:;!?…]*$/u
/** Typographic marks and letters that no identifier of ours has. */
const PROSE_MARKS = /\p{L}[…’“”]|[“”]\p{L}|[^\P{L}\p{ASCII}]/u

/** A literal that looks like words for people. A placeholder of a template counts as a word beside other words. */
export function looksLikeWords(text: string): boolean {
  return (
    hasLetter(text) && [WORDS_WITH_SPACE, CAPITAL_WORD, PROSE_MARKS].some((form) => form.test(text.trim()))
  )
}

/** The text of a string literal or a template; a placeholder of a template becomes `gap`. */
export function textOf(node: Node, gap = ''): string | undefined {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined
  if (node.type !== 'TemplateLiteral') return undefined
  return (node['quasis'] as { value: { raw: string } }[]).map(({ value }) => value.raw).join(gap)
}

/** Methods whose result is made of their object. */
const TEXT_METHODS =
  /^(?:at|concat|join|normalize|padEnd|padStart|repeat|replace|replaceAll|slice|toLocaleLowerCase|toLocaleUpperCase|toLowerCase|toString|toUpperCase|trim|trimEnd|trimStart|valueOf)$/

const child = (node: Node, field: string): Node | undefined => (node[field] as Node | null) ?? undefined
const children = (node: Node, field: string): Node[] =>
  ((node[field] as (Node | null)[] | undefined) ?? []).filter((one) => one !== null)

/** Name of a property, also when it is written as a string. */
export function nameOf(key: Node | undefined): string {
  return String(key?.type === 'Literal' ? key.value : (key?.name ?? ''))
}

/** A literal with a letter that this expression can evaluate to, also through constants of the file. */
export function literalIn(
  expression: Node | undefined,
  constants: Constants,
  seen: ReadonlySet<Node> = new Set(),
): Node | undefined {
  if (!expression || seen.has(expression)) return undefined
  const visited = new Set(seen).add(expression)
  const find = (...nodes: (Node | undefined)[]): Node | undefined => {
    for (const node of nodes) {
      const literal = literalIn(node, constants, visited)
      if (literal) return literal
    }
    return undefined
  }
  switch (expression.type) {
    case 'Literal':
      return hasLetter(textOf(expression) ?? '') ? expression : undefined
    case 'TemplateLiteral':
      return hasLetter(textOf(expression) ?? '') ? expression : find(...children(expression, 'expressions'))
    case 'ConditionalExpression':
      return find(child(expression, 'consequent'), child(expression, 'alternate'))
    case 'LogicalExpression':
      // The left side of && is shown only when it is falsy, and then it has no letters.
      return expression['operator'] === '&&'
        ? find(child(expression, 'right'))
        : find(child(expression, 'right'), child(expression, 'left'))
    case 'BinaryExpression':
      // Except in comparisons, where the literal is not shown.
      return expression['operator'] === '+'
        ? find(child(expression, 'left'), child(expression, 'right'))
        : undefined
    case 'SequenceExpression':
      return find(children(expression, 'expressions').at(-1))
    case 'ArrayExpression':
      return find(...children(expression, 'elements'))
    case 'SpreadElement':
      return find(child(expression, 'argument'))
    case 'ChainExpression':
    case 'JSXExpressionContainer':
    case 'ParenthesizedExpression':
    case 'TSAsExpression':
    case 'TSNonNullExpression':
    case 'TSSatisfiesExpression':
    case 'TSTypeAssertion':
      return find(child(expression, 'expression'))
    case 'Identifier':
      return find(...(constants.get(String(expression.name)) ?? []))
    case 'MemberExpression':
      return find(...membersOf(expression, constants))
    case 'CallExpression':
      return find(...resultsOf(expression))
    default:
      return undefined
  }
}

/** What `TEXTS.hello` or `TEXTS[kind]` can be, where TEXTS is an object or array in this file. */
function membersOf(expression: Node, constants: Constants): Node[] {
  const object = child(expression, 'object')
  const property = child(expression, 'property')
  const wanted = !expression['computed'] || property?.type === 'Literal' ? nameOf(property) : undefined
  const values =
    object?.type === 'Identifier' ? (constants.get(String(object.name)) ?? []) : object ? [object] : []
  return values.map(withoutTypes).flatMap((value) => {
    if (value.type === 'ArrayExpression') return expression['computed'] ? children(value, 'elements') : []
    return propertiesOf(value)
      .filter(({ key }) => wanted === undefined || key === wanted)
      .map((one) => one.value)
  })
}

/** What a call returns that is made of a literal in this file. */
function resultsOf(expression: Node): Node[] {
  const callee = child(expression, 'callee')
  const args = children(expression, 'arguments')
  if (callee?.type === 'Identifier') return callee.name === 'String' ? args : []
  const method = nameOf(callee && child(callee, 'property'))
  const object = callee && child(callee, 'object')
  if (TEXT_METHODS.test(method) && object) return method === 'concat' ? [object, ...args] : [object]
  if (method === 'map' || method === 'flatMap') {
    const body = args[0] && child(args[0], 'body')
    return body && args[0]?.type === 'ArrowFunctionExpression' ? [body] : []
  }
  return []
}

/** `value` without `as`, `satisfies` and `!`. */
export function withoutTypes(node: Node): Node {
  return /^(?:TS\w+Expression|TSTypeAssertion|ParenthesizedExpression)$/.test(node.type)
    ? withoutTypes(child(node, 'expression') ?? { type: '' })
    : node
}

/** The properties of an object literal; none for another expression. */
export function propertiesOf(node: Node): { key: string; value: Node }[] {
  if (node.type !== 'ObjectExpression') return []
  return children(node, 'properties').flatMap((property) => {
    const value = property.value as Node | undefined
    return property.type === 'Property' && value ? [{ key: nameOf(child(property, 'key')), value }] : []
  })
}
