// Comments that switch a rule of the linter off. A rule cannot report these itself: the comment would also hide that.
import { parseSync } from 'oxc-parser'
import plugin from './plugin.ts'

/** Rules that no comment may switch off: exceptions from them are entries of a table, with a reason. */
const NEVER = new Set(['no-cycle', ...Object.keys(plugin.rules)])

/** `levee/globals` → `globals` */
const nameOf = (rule: string): string => rule.replace(/^.*[/(]/, '').replace(/\)$/, '')

const COMMENT = /^\s*(?:oxlint|eslint)-disable(?:-next-line|-line)?(?![-\w])(.*)$/s

export interface Suppression {
  line: number
  message: string
}

export function wrongSuppressions(file: string, source: string): Suppression[] {
  if (!source.includes('lint-disable')) return []
  return parseSync(file, source).comments.flatMap(({ value, start }) => {
    const [, rest] = COMMENT.exec(value) ?? []
    if (rest === undefined) return []
    const message = faultOf(rest)
    return message === undefined ? [] : [{ line: source.slice(0, start).split('\n').length, message }]
  })
}

/** `rest`: what follows the directive, `rule, rule -- reason`. */
function faultOf(rest: string): string | undefined {
  const [names = '', reason = ''] = rest.split(/(?:^|\s)--\s/)
  const rules = names.split(',').map((name) => name.trim())
  if (rules.includes('')) return 'switches every rule off: name the rule'
  if (rules.some((rule) => NEVER.has(nameOf(rule))))
    return `switches ${rules.join(', ')} off: exceptions from this rule are entries of its table`
  return reason.trim() === ''
    ? `switches ${rules.join(', ')} off without a reason: add “-- reason”`
    : undefined
}
