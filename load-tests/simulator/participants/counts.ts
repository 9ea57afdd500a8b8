import type { ProblemCode } from '@levee/control-plane/contract'

export interface ParticipantCounts {
  rooms: number
  ended: number
  joined: number
  rejoined: number
  left: number
  /** By code; every try counts. */
  refused: Partial<Record<ProblemCode, number>>
  /** Participants who were refused too often. */
  gaveUp: number
  /** Answers that named a node that was down, because the control plane did not know yet. */
  sentToDownNode: number
  unanswered: number
}

export const noParticipantCounts = (): ParticipantCounts => ({
  rooms: 0,
  ended: 0,
  joined: 0,
  rejoined: 0,
  left: 0,
  refused: {},
  gaveUp: 0,
  sentToDownNode: 0,
  unanswered: 0,
})
