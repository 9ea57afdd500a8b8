// Named numbers (`const RETRY_MS = 500`) belong in the tuning module of their package, where each has its reason.
//
// A named number is a constant of a module or a static member of a class whose value is a number, is computed from
// one (`60 * STEP`) or has one as an element or property; inside functions, only a constant in capitals. Not tuning:
// - 0 and 1 as a part of a value (an initial state, `COUNT + 1`, one at a time) and as the start of a `let` counter;
// - an object whose values count up from 0: an order;
// - numbers that a format or a standard defines, see FACTS.
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
  'control-plane/src/redis/connection/key-slot.ts': ['SLOTS', 'TABLE'],
  'control-plane/src/redis/connection/redis-url.ts': ['REDIS_PORT', 'SENTINEL_PORT', 'LAST_PORT'],
  'deploy/stack/redis/cluster.ts': ['SLOTS'],
  'web/src/i18n/format.ts': ['UNIT_SEC'],
}

interface Expression {
  type: string
  parent?: Expression
  value?: unknown
  operator?: string
  argument?: Expression
  left?: Expression
  right?: Expression
  expression?: Expression
  elements?: readonly (Expression | null)[]
  properties?: readonly Expression[]
  name?: string
  object?: Expression
  callee?: Expression
  arguments?: readonly Expression[]
  /** Of a declaration: const, let. */
  kind?: string
}
interface Declarator extends Expression {
  id: { type: string; name?: string }
  init?: Expression | null
}
interface Member extends Expression {
  key: { name?: string }
  static?: boolean
}

const SCREAMING_CASE = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/

const ARITHMETIC = /^(?:[-+*/%&|^]|\*\*|<<|>>>?)$/

/** Calls whose result is made of their arguments. */
const CONTAINERS = /^(?:Array|BigInt|Map|Math|Number|Object|Set|WeakMap|\w+Array)$/

/** Whether the value is a number, is computed from one or contains one; `isPart`: 0 and 1 do not count. */
function isNumber(node: Expression | null | undefined, isPart = false): boolean {
  const inPart = (part: Expression | null | undefined) => isNumber(part, true)
  switch (node?.type) {
    case 'Literal':
      return (
        /^(?:number|bigint)$/.test(typeof node.value) && !(isPart && Number(node.value) <= 1 && isWhole(node))
      )
    case 'UnaryExpression':
      return /^[-+~]$/.test(node.operator ?? '') && isNumber(node.argument, isPart)
    case 'BinaryExpression':
      return ARITHMETIC.test(node.operator ?? '') && [node.left, node.right].some(inPart)
    case 'SpreadElement':
      return inPart(node.argument)
    case 'ArrayExpression':
      return node.elements?.some(inPart) ?? false
    case 'ObjectExpression': {
      const values = node.properties?.map(({ value }) => value as Expression | undefined) ?? []
      return (
        values.some(inPart) && !values.every((value, i) => value?.type === 'Literal' && value.value === i)
      )
    }
    case 'NewExpression':
    case 'CallExpression': {
      const name = node.callee?.name ?? node.callee?.object?.name ?? ''
      return CONTAINERS.test(name) && (node.arguments?.some((one) => isNumber(one, isPart)) ?? false)
    }
    case 'ParenthesizedExpression':
    case 'TSAsExpression':
    case 'TSNonNullExpression':
    case 'TSSatisfiesExpression':
    case 'TSTypeAssertion':
      return isNumber(node.expression, isPart)
    case undefined:
    default:
      return false
  }
}

const isWhole = ({ value }: Expression): boolean => Number.isInteger(Number(value))

/** Whether this variable belongs to the module, not to a function or block. */
function isOfModule(declarator: Declarator): boolean {
  const around = declarator.parent?.parent?.type
  return around === 'Program' || around === 'ExportNamedDeclaration'
}

export const namedNumbersRule = {
  create(context: Context<Expression>) {
    const { file, report, reportStale } = reporter('named-numbers', context)
    const applies = SOURCES.some((path) => file.startsWith(path))
    if (!applies || TUNING_MODULES.some((path) => file.startsWith(path))) return {}
    const facts = new Set(FACTS[file])
    const check = (node: Expression, name: string, value: Expression | null | undefined): void => {
      const isCounter = node.parent?.kind === 'let'
      if (!isNumber(value, isCounter) || facts.delete(name)) return
      report(node, file, `${name} is a number with a name: define it in the tuning module of this package`)
    }
    return {
      VariableDeclarator(node: Declarator): void {
        const name = node.id.name ?? ''
        if (isOfModule(node) || SCREAMING_CASE.test(name)) check(node, name, node.init)
      },
      PropertyDefinition(node: Member): void {
        if (node.static) check(node, node.key.name ?? '', node.value as Expression | null)
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
