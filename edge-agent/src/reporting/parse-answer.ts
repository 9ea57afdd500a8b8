import { Directive, Enrolled, Problem } from '@levee/control-plane/contract'
import {
  isControlPlaneTooOld,
  PROTOCOL_VERSION,
  type ProtocolMismatch,
} from '@levee/control-plane/protocol/version'
import { Value } from 'typebox/value'
import { REPORT_EVERY_RANGE_MS } from '../tuning/reporting.ts'

/** Why the agent and the control plane cannot work together. */
export type Mismatch = ProtocolMismatch | 'control_plane_too_old'

/** Every reason, for a metric with a series for each. */
export const MISMATCHES: readonly Mismatch[] = ['agent_too_old', 'agent_too_new', 'control_plane_too_old']

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

/** Whether the answer comes from a control plane that is too old: `parse` accepts it apart from its protocol version. */
export function isTooOld(answer: unknown, parse: (answer: unknown) => unknown): boolean {
  if (!isRecord(answer) || !isControlPlaneTooOld(answer['protocol'])) return false
  return (
    typeof answer['protocol'] === 'number' || parse({ ...answer, protocol: PROTOCOL_VERSION }) !== undefined
  )
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

/** The mismatch that a problem's code states; undefined for all other codes. */
export const mismatchOf = (code: string): Mismatch | undefined => MISMATCHES.find((one) => one === code)
