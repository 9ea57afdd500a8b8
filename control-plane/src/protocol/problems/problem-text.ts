import { PROBLEMS, type ProblemCode, type ProblemText } from './problem-table.ts'

/** The agent of an offline branch uses these where the control plane's sentence would not be true. */
const OFFLINE_PROBLEMS = {
  no_node: {
    ...PROBLEMS.no_node,
    detail:
      'The head office cannot be reached, and the node of this branch does not answer. Try again shortly.',
  },
  node_full: {
    ...PROBLEMS.node_full,
    detail:
      'The head office cannot be reached, and the node of this branch is at its limit. Try again shortly.',
  },
  node_busy: { ...PROBLEMS.node_busy, detail: 'Many people are joining at once. Try again in a second.' },
  store_unavailable: {
    ...PROBLEMS.store_unavailable,
    detail:
      'This needs the head office, which cannot be reached from this branch. Meetings go on; try again when the connection is back.',
    retryAfterSec: 5,
  },
} as const satisfies Partial<Record<ProblemCode, ProblemText>>

/** Status, title and sentence of a problem. `offline`: as an offline branch answers it. */
export function problemText(code: ProblemCode, { offline = false } = {}): ProblemText {
  const overrides: Partial<Record<ProblemCode, ProblemText>> = offline ? OFFLINE_PROBLEMS : {}
  return overrides[code] ?? PROBLEMS[code]
}
