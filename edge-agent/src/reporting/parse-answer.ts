import { Directive, Enrolled, Problem } from '@levee/control-plane/contract'
import { Value } from 'typebox/value'
import { REPORT_EVERY_RANGE_MS } from '../tuning/reporting.ts'

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The answer to an enrolment; undefined when it is not one of a control plane. Unknown fields are kept. */
export const parseEnrolled = (answer: unknown): Enrolled | undefined =>
  Value.Check(Enrolled, answer) ? clampPeriod(answer) : undefined

/**
 * The answer to a report; undefined when it is not one of a control plane. Unknown fields are kept. Lists of rooms may be
 * absent, and a control plane that does not mention `wholeRooms` gets all rooms.
 */
export function parseDirective(answer: unknown): Directive | undefined {
  if (!isRecord(answer)) return undefined
  const directive: unknown = { moved: [], changed: [], wholeRooms: true, ...answer }
  return Value.Check(Directive, directive) ? clampPeriod(directive) : undefined
}

const clampPeriod = <T extends { reportEveryMs: number }>(answer: T): T => ({
  ...answer,
  reportEveryMs: Math.min(
    REPORT_EVERY_RANGE_MS.max,
    Math.max(REPORT_EVERY_RANGE_MS.min, answer.reportEveryMs),
  ),
})

/** Code and sentence of a problem; undefined when the answer is not a problem, or one without a code. */
export function parseProblem(answer: unknown): (Pick<Problem, 'detail'> & { code: string }) | undefined {
  if (!isRecord(answer) || typeof answer['code'] !== 'string') return undefined
  const { detail } = answer
  return { code: answer['code'], detail: typeof detail === 'string' ? detail : '' }
}
