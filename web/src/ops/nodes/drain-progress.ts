import type { NodeView } from '@levee/control-plane/contract'
import { DRAIN_LATE_MS } from '../tuning.ts'
import { REPORTING, shutsDown } from './node-status.ts'

/**
 * `moving`: meetings are still placed on the node. `following`: all are placed elsewhere, but some clients have not
 * switched yet. `empty`: no one is on it. `silent`: all meetings are placed elsewhere and reports have ended, as they
 * do when the node is stopped.
 */
export type DrainPhase = 'moving' | 'following' | 'empty' | 'silent'

export type DrainProgress = {
  phase: DrainPhase
  /** The planned time is over. */
  late: boolean
  leftMs: number
  /** The agent received a stop signal: the node stops by itself when it is empty. */
  shutsDown: boolean
  /** Share of the meetings that have moved, 0–1; undefined: the number at the start is not known. */
  share: number | undefined
  meetings: { moved: number; total: number }
  /** undefined: the node sends no reports, so the last number is outdated. */
  people: number | undefined
}

type DrainedNode = Pick<NodeView, 'status' | 'participants' | 'drain'>
type Drain = NonNullable<NodeView['drain']>

/** undefined: the node is not being drained. */
export function drainProgress(node: DrainedNode): DrainProgress | undefined {
  const { drain, status, participants } = node
  if (!drain) return undefined
  const phase = phaseOf(node, drain)
  // Meetings that are reported late, after a fault, must not lower the share below 0.
  const total = Math.max(drain.roomsAtStart ?? 0, drain.roomsToMove)
  const moved = total - drain.roomsToMove
  return {
    phase,
    late: (phase === 'moving' || phase === 'following') && drain.endsInMs < DRAIN_LATE_MS,
    leftMs: drain.endsInMs,
    shutsDown: shutsDown(node),
    share: drain.roomsAtStart === null ? undefined : total === moved ? 1 : moved / total,
    meetings: { moved, total },
    people: REPORTING.has(status) ? participants : undefined,
  }
}

function phaseOf({ status, participants }: DrainedNode, { roomsToMove }: Drain): DrainPhase {
  if (roomsToMove > 0) return 'moving'
  // It has never sent a report, so no one was ever sent to it.
  if (status === 'starting') return 'empty'
  if (!REPORTING.has(status)) return 'silent'
  return participants > 0 ? 'following' : 'empty'
}
