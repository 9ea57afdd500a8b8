import { type ProblemCode } from './problem-table.ts'
import { problemText } from './problem-text.ts'
import type { FieldFault, ProblemMembers } from './refusal.ts'

/** RFC 9457 problem details, as every refusal and fault is answered. */
export type Problem = ProblemMembers & {
  /** `/problems/{code}` */
  type: string
  title: string
  status: number
  detail: string
  code: ProblemCode
  requestId: string
  retryAfterSec?: number
  errors?: FieldFault[]
}

/** The body of a problem. `detail` and `retryAfterSec` replace those of the table. */
export function problemDetails(
  code: ProblemCode,
  options: {
    requestId: string
    detail?: string | undefined
    retryAfterSec?: number | undefined
    errors?: FieldFault[] | undefined
    members?: ProblemMembers | undefined
    /** As an offline branch answers it. */
    offline?: boolean
  },
): Problem {
  const { requestId, detail, errors, members, offline = false } = options
  const text = problemText(code, { offline })
  const retryAfterSec = options.retryAfterSec ?? text.retryAfterSec
  return {
    type: `/problems/${code}`,
    title: text.title,
    status: text.status,
    detail: detail ?? text.detail,
    code,
    requestId,
    ...(retryAfterSec !== undefined && { retryAfterSec }),
    ...(errors && errors.length > 0 && { errors }),
    ...members,
  }
}
