import type { ProblemCode } from '@levee/control-plane/contract'

type Label = { status: number; title: string; detail: string; retryAfterSec?: number }

/**
 * What the branch itself refuses with: status and title as in the contract, sentences that are true while it is cut off.
 */
const PROBLEMS = {
  malformed_request: {
    status: 400,
    title: 'Malformed request',
    detail: 'The request body is not valid JSON. Check the body and the Content-Type header.',
  },
  invalid_request: {
    status: 400,
    title: 'Invalid request',
    detail: 'A field is missing or has an impossible value. See "errors" for the fields.',
  },
  payload_too_large: {
    status: 413,
    title: 'Body too large',
    detail: 'The request body is larger than this route takes. Send less.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported media type',
    detail: 'Send the body as application/json.',
  },
  room_not_found: {
    status: 404,
    title: 'No such meeting',
    detail: 'This link does not lead to a meeting, or the meeting has ended. Ask for a new link.',
  },
  host_key_refused: {
    status: 403,
    title: 'Not a host',
    detail: 'This needs the host link of the meeting. Open the host link, or join as a guest.',
  },
  rejoin_refused: {
    status: 403,
    title: 'Rejoin refused',
    detail: 'This place in the meeting has expired or belongs to another meeting. Join again by the link.',
  },
  rate_limited: {
    status: 429,
    title: 'Too many requests',
    detail: 'Too many requests came from this address. Wait a moment and try again.',
    retryAfterSec: 5,
  },
  no_node: {
    status: 503,
    title: 'No edge node is serving',
    detail:
      'The head office cannot be reached, and the node of this branch does not answer. Try again shortly.',
    retryAfterSec: 2,
  },
  node_full: {
    status: 503,
    title: 'The meeting is full',
    detail:
      'The head office cannot be reached, and the node of this branch is at its limit. Try again shortly.',
    retryAfterSec: 5,
  },
  node_busy: {
    status: 503,
    title: 'Many people are joining',
    detail: 'Many people are joining at once. It goes on in a second.',
    retryAfterSec: 1,
  },
  store_unavailable: {
    status: 503,
    title: 'Briefly unavailable',
    detail:
      'The head office cannot be reached from this branch, and this needs it. Meetings go on; try again when the line is back.',
    retryAfterSec: 5,
  },
  internal: {
    status: 500,
    title: 'Internal fault',
    detail: 'Something went wrong on our side. It has been logged under the request id.',
  },
} as const satisfies Partial<Record<ProblemCode, Label>>

export type FieldFault = { field: string; message: string }

/** A refusal as a value. `detail`: a truer sentence than the usual one. */
export type Refusal = { refused: keyof typeof PROBLEMS; detail?: string; errors?: FieldFault[] }

export const isRefusal = (answer: object): answer is Refusal => 'refused' in answer

export const statusOf = ({ refused }: Refusal): number => PROBLEMS[refused].status

/** RFC 9457. */
export function problemOf({ refused, detail, errors }: Refusal, requestId: string) {
  const label: Label = PROBLEMS[refused]
  return {
    type: `/problems/${refused}`,
    title: label.title,
    status: label.status,
    detail: detail ?? label.detail,
    code: refused,
    requestId,
    ...(label.retryAfterSec !== undefined && { retryAfterSec: label.retryAfterSec }),
    ...(errors && { errors }),
  }
}
