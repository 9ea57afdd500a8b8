// What code may use without importing it: pure folders only values, and every package its environment only in main.
import { ENVIRONMENT_READERS, PURE_GLOBALS } from '../imports/globals.ts'
import { rowOf } from '../imports/may-import.ts'
import { inRepo } from '../repo.ts'
import { type Syntax, memberOf } from './hidden-import.ts'
import type { Context } from './report.ts'

interface Node extends Syntax {
  source?: Syntax
}
interface Reference {
  identifier: Node
  isValueReference?: boolean
}
interface Scoped extends Context<Node> {
  sourceCode: {
    text: string
    scopeManager: {
      globalScope: {
        /** References to globals that the linter does not know. */
        through: readonly Reference[]
        /** Those that it knows, without a definition in the file. */
        variables: readonly { defs: readonly unknown[]; references: readonly Reference[] }[]
      } | null
    }
  }
}

const IN_PACKAGES = /^(control-plane|edge-agent|web)\/src\//
const ENVIRONMENT = /\bprocess\b|\bglobalThis\b|\bglobal\b|import\.meta/

/** Only what computes with values: no clock, random numbers, environment, network or timer. */
function isPure({ name = '', parent }: Node): boolean {
  if (name === 'Date') {
    if (parent?.type === 'NewExpression' && parent.callee?.name === 'Date')
      return (parent.arguments?.length ?? 0) > 0 && parent.arguments?.[0]?.type !== 'SpreadElement'
    return isMember(parent, name, (member) => member === 'UTC' || member === 'parse')
  }
  if (name === 'Math') return isMember(parent, name, (member) => member !== 'random')
  return PURE_GLOBALS.includes(name)
}

function isMember(parent: Syntax | undefined, name: string, fits: (member: string) => boolean): boolean {
  if (parent?.type !== 'MemberExpression' || parent.object?.name !== name) return false
  const member = memberOf(parent)
  return member !== undefined && fits(member)
}

/** `process.pid` is no environment; `process.env`, `process[name]` and `const { env } = process` are. */
function readsEnvironment({ name = '', parent }: Node): boolean {
  if (name === 'process') return !isMember(parent, name, (member) => member !== 'env')
  if (name === 'global') return true
  return name === 'globalThis' && parent?.type === 'MemberExpression'
    ? !isMember(parent, name, (member) => member !== 'process')
    : false
}

export const globalsRule = {
  create(context: Scoped) {
    const file = inRepo(context.filename)
    const row = rowOf(file)
    const mayReadEnvironment = !IN_PACKAGES.test(file) || file in ENVIRONMENT_READERS
    const { text, scopeManager } = context.sourceCode
    if (!row?.pure && (mayReadEnvironment || !ENVIRONMENT.test(text))) return {}
    const refuseEnvironment = (node: Node) =>
      context.report({
        node,
        message: `the environment is read in ${Object.keys(ENVIRONMENT_READERS).join(' and ')}; everything else receives values`,
      })
    return {
      ImportDeclaration(node: Node) {
        if (!mayReadEnvironment && /^(node:)?process$/.test(String(node.source?.value)))
          refuseEnvironment(node)
      },
      MemberExpression(node: Node) {
        if (!mayReadEnvironment && node.object?.type === 'MetaProperty' && memberOf(node) === 'env')
          refuseEnvironment(node)
      },
      Program() {
        const { through = [], variables = [] } = scopeManager.globalScope ?? {}
        const known = variables
          .filter(({ defs }) => defs.length === 0)
          .flatMap(({ references }) => references)
        for (const { identifier, isValueReference } of [...through, ...known]) {
          if (isValueReference === false) continue
          if (row?.pure && !isPure(identifier))
            context.report({
              node: identifier,
              message: `${file} may not use ${identifier.name}: ${row.because}; pass the value as an argument`,
            })
          else if (!mayReadEnvironment && readsEnvironment(identifier)) refuseEnvironment(identifier)
        }
      },
    }
  },
}
