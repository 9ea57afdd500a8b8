import type { ProblemCode } from '@levee/control-plane/protocol/problems/problem-table'
import type { Refusal as ProtocolRefusal } from '@levee/control-plane/protocol/problems/refusal'

/** A refusal as a value. `detail`: replaces the problem table's sentence. */
export type Refusal = ProtocolRefusal<ProblemCode> & { detail?: string }

export const NO_GRANT: Refusal = {
  refused: 'store_unavailable',
  detail:
    'The head office cannot be reached, and this branch is not allowed to let people into meetings by itself. Meetings in progress go on; try again when the connection is back.',
}

export const NO_NEW_MEETINGS: Refusal = {
  refused: 'store_unavailable',
  detail:
    'The head office cannot be reached, and this branch is not allowed to start meetings by itself. You can join a meeting by its link.',
}

export const FOREIGN_TICKET: Refusal = {
  refused: 'store_unavailable',
  detail:
    'The head office cannot be reached, and you were in this meeting through another office. Wait until the connection is back, or join again by the link to meet the people at this branch.',
}

export const CANNOT_END: Refusal = {
  refused: 'store_unavailable',
  detail:
    'The head office cannot be reached, and only it can end this meeting. Try again when the connection is back.',
}

export const NEEDS_HEAD_OFFICE: Refusal = {
  refused: 'store_unavailable',
  detail:
    'The head office cannot be reached, and only it can start a meeting for a tenant or with a standby.',
}
