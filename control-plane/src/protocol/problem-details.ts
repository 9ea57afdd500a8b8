import { problemText, type ProblemCode } from './problem-table.ts'
import type { FieldFault } from './refusal.ts'

/** The body of a problem (RFC 9457). `detail` and `retryAfterSec` replace those of the table. */
export function problemDetails(
  code: ProblemCode,
  options: {
    requestId: string
    detail?: string | undefined
    retryAfterSec?: number | undefined
    errors?: readonly FieldFault[] | undefined
    offline?: boolean
  },
) {
  const { requestId, detail, errors, offline = false } = options
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
  }
}
