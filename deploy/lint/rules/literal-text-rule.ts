// Lint rule of the web client: what a user reads comes from messages, so that it can be translated.

interface Node {
  type: string
  value?: unknown
}
interface JsxText extends Node {
  value: string
}
interface Attribute extends Node {
  name: { name?: unknown }
  value: (Node & { expression?: Expression }) | null
}
interface Expression extends Node {
  consequent?: Expression
  alternate?: Expression
  left?: Expression
  right?: Expression
  operator?: string
  quasis?: readonly { value: { raw: string } }[]
}
interface ExpressionContainer extends Node {
  expression: Expression
  parent?: Node
}
interface Context {
  report(problem: { node: Node; message: string }): void
}

/** Attributes that are shown or read aloud. */
const TEXT_ATTRIBUTES = new Set([
  'alt',
  'aria-description',
  'aria-label',
  'aria-roledescription',
  'aria-valuetext',
  'label',
  'placeholder',
  'title',
])

const hasLetter = (text: string) => /\p{L}/u.test(text)

/** A literal with a letter that this expression can evaluate to, also in conditions and concatenations. */
function literalIn(expression: Expression | undefined): Node | undefined {
  if (!expression) return undefined
  switch (expression.type) {
    case 'Literal':
      return typeof expression.value === 'string' && hasLetter(expression.value) ? expression : undefined
    case 'TemplateLiteral':
      return expression.quasis?.some(({ value }) => hasLetter(value.raw)) ? expression : undefined
    case 'ConditionalExpression':
      return literalIn(expression.consequent) ?? literalIn(expression.alternate)
    case 'LogicalExpression':
      return literalIn(expression.right) ?? literalIn(expression.left)
    case 'BinaryExpression':
      // Except in comparisons, where the literal is not shown.
      return expression.operator === '+'
        ? (literalIn(expression.left) ?? literalIn(expression.right))
        : undefined
    default:
      return undefined
  }
}

/** Reports text in JSX and in attributes that are shown or read aloud. */
export const literalTextRule = {
  create(context: Context) {
    const report = (node: Node) =>
      context.report({ node, message: 'text for users belongs in messages.ts of this folder' })
    return {
      JSXText(node: JsxText) {
        if (hasLetter(node.value)) report(node)
      },
      JSXExpressionContainer(node: ExpressionContainer) {
        if (node.parent?.type === 'JSXAttribute') return
        const literal = literalIn(node.expression)
        if (literal) report(literal)
      },
      JSXAttribute({ name, value }: Attribute) {
        if (typeof name.name !== 'string' || !TEXT_ATTRIBUTES.has(name.name) || !value) return
        const literal = literalIn(value.type === 'JSXExpressionContainer' ? value.expression : value)
        if (literal) report(literal)
      },
    }
  },
}
