// Named numbers (`const RETRY_MS = 500`) belong in the tuning module of their package, where each has its reason.
import { type Context, reporter } from './report.ts'

/** Sources that the rule applies to. Numbers of load tests describe an experiment and stay in its file. */
const SOURCES = [
  'control-plane/src/',
  'edge-agent/src/',
  'web/src/',
  'deploy/stack/',
  'deploy/setup/',
  'deploy/local/',
  'deploy/checks/',
]

/** Where named numbers may be defined: tuning, and the protocol, whose numbers both ends must know. */
const TUNING_MODULES = [
  'control-plane/src/tuning/',
  'control-plane/src/protocol/',
  'edge-agent/src/tuning/',
  'web/src/tuning.ts',
  'web/src/meeting/tuning',
  'web/src/ops/tuning.ts',
  'deploy/setup/tuning.mjs',
  'deploy/setup/pins.mjs',
]

/** Numbers that a format or a standard defines. We cannot choose them, so they are not tuning. */
export const FACTS: Readonly<Record<string, readonly string[]>> = {
  'control-plane/src/redis/connection/key-slot.ts': ['SLOTS'],
  'control-plane/src/redis/connection/redis-url.ts': ['REDIS_PORT', 'SENTINEL_PORT', 'LAST_PORT'],
  'deploy/stack/redis/cluster.ts': ['SLOTS'],
}

interface Expression {
  type: string
  value?: unknown
  operator?: string
  argument?: Expression
  left?: Expression
  right?: Expression
  expression?: Expression
}
interface Declarator extends Expression {
  id: { type: string; name?: string }
  init?: Expression | null
}

const SCREAMING_CASE = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/

function isNumber(node: Expression | null | undefined): boolean {
  switch (node?.type) {
    case 'Literal':
      return typeof node.value === 'number'
    case 'UnaryExpression':
      return node.operator !== 'typeof' && isNumber(node.argument)
    case 'BinaryExpression':
      return isNumber(node.left) && isNumber(node.right)
    case 'ParenthesizedExpression':
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
      return isNumber(node.expression)
    case undefined:
    default:
      return false
  }
}

export const namedNumbersRule = {
  create(context: Context<Expression>) {
    const { file, report, reportStale } = reporter('named-numbers', context)
    const applies = SOURCES.some((path) => file.startsWith(path))
    if (!applies || TUNING_MODULES.some((path) => file.startsWith(path))) return {}
    const facts = new Set(FACTS[file])
    return {
      VariableDeclarator(node: Declarator): void {
        const name = node.id.name ?? ''
        if (!SCREAMING_CASE.test(name) || !isNumber(node.init) || facts.delete(name)) return
        report(node, file, `${name} is a number with a name: define it in the tuning module of this package`)
      },
      'Program:exit'(node: Expression): void {
        reportStale(node)
        for (const name of facts)
          context.report({
            node,
            message: `${name} is not defined here: remove it from FACTS in deploy/lint/rules`,
          })
      },
    }
  },
}
