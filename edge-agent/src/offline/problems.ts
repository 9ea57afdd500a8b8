import { PROBLEMS as ALL } from '@levee/control-plane/protocol/problem-table'

type Label = { status: number; title: string; detail: string; retryAfterSec?: number }

/** What the branch itself refuses with: as the control plane does, in sentences that are true while it is cut off. */
const PROBLEMS = {
  malformed_request: ALL.malformed_request,
  invalid_request: ALL.invalid_request,
  payload_too_large: ALL.payload_too_large,
  unsupported_media_type: ALL.unsupported_media_type,
  room_not_found: ALL.room_not_found,
  host_key_refused: ALL.host_key_refused,
  rejoin_refused: ALL.rejoin_refused,
  rate_limited: ALL.rate_limited,
  no_node: {
    ...ALL.no_node,
    detail:
      'The head office cannot be reached, and the node of this branch does not answer. Try again shortly.',
  },
  node_full: {
    ...ALL.node_full,
    detail:
      'The head office cannot be reached, and the node of this branch is at its limit. Try again shortly.',
  },
  node_busy: { ...ALL.node_busy, detail: 'Many people are joining at once. It goes on in a second.' },
  store_unavailable: {
    ...ALL.store_unavailable,
    detail:
      'The head office cannot be reached from this branch, and this needs it. Meetings go on; try again when the line is back.',
    retryAfterSec: 5,
  },
  internal: ALL.internal,
} as const satisfies Partial<Record<keyof typeof ALL, Label>>

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
