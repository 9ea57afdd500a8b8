import type { NodeView } from '@levee/control-plane/contract'
import type { Refusal } from '../../api/client.ts'
import { count, leavesByItself, REPORTS, type DrainPhase } from './node-status-messages.ts'

type Drain = NonNullable<NodeView['drain']>
type Drained = Pick<NodeView, 'node' | 'status' | 'participants' | 'drain'>

export type DrainProgress = {
  phase: DrainPhase
  /** Not done in the time that was planned. */
  late: boolean
  /** 0 … 1, as far as it is known how many there were. */
  share?: number
  words: string
  note?: string
}

/** How far a node is emptied; undefined: it is not being emptied. */
export function drainProgress(node: Drained): DrainProgress | undefined {
  const { drain } = node
  if (!drain) return undefined
  const phase = phaseOf(node, drain)
  const leftMs = drain.endsInMs
  // The control plane's end never lies behind its own clock.
  const late = (phase === 'moving' || phase === 'following') && leftMs < 1_000
  const note = noteOf(phase, drain, late ? undefined : leftMs)
  return {
    phase,
    late,
    ...(drain.roomsAtStart !== null && { share: shareOf(drain) }),
    words: wordsOf(phase, node, drain),
    ...(note !== undefined && { note }),
  }
}

function phaseOf({ status, participants }: Drained, { roomsToMove }: Drain): DrainPhase {
  if (roomsToMove > 0) return 'moving'
  // Never heard of: nobody was sent there.
  if (status === 'starting') return 'empty'
  if (!REPORTS.has(status)) return 'silent'
  return participants > 0 ? 'following' : 'empty'
}

/** Meetings that come up late, after a fault, must not make it less than nothing. */
const totalOf = ({ roomsAtStart, roomsToMove }: Drain) => Math.max(roomsAtStart ?? 0, roomsToMove)
const shareOf = (drain: Drain) =>
  drain.roomsToMove === 0 ? 1 : (totalOf(drain) - drain.roomsToMove) / totalOf(drain)

function wordsOf(phase: DrainPhase, { status, participants }: Drained, drain: Drain): string {
  const total = totalOf(drain)
  const here = `${count(participants, 'person', 'people')} still here`
  switch (phase) {
    case 'moving': {
      const meetings =
        drain.roomsAtStart === null
          ? `${count(total, 'meeting')} to move`
          : `${(total - drain.roomsToMove).toLocaleString()} of ${count(total, 'meeting')} moved`
      return REPORTS.has(status) ? `${meetings} · ${here}` : meetings
    }
    case 'following':
      return `All meetings moved · ${here}`
    case 'empty':
      return drain.roomsAtStart === null ? 'Empty: it stops by itself' : 'Empty: may be stopped'
    case 'silent':
      return 'All meetings had moved, then no more reports came.'
  }
}

function noteOf(phase: DrainPhase, { roomsAtStart }: Drain, leftMs: number | undefined): string | undefined {
  const leaves = roomsAtStart === null
  if (phase === 'empty') return undefined
  if (phase === 'silent') return leaves ? undefined : 'When it runs again, take the drain back.'
  if (leftMs !== undefined)
    return leaves
      ? `It stops when it is empty, in ${span(leftMs)} at the latest.`
      : `Should be empty within ${span(leftMs)}.`
  if (leaves) return 'Its time is up: who is still here is cut off and comes back elsewhere.'
  return phase === 'moving'
    ? 'Taking longer than planned: other nodes are full.'
    : 'Taking longer than planned: some pages have not followed yet.'
}

/** As exact as it is useful. */
export function span(ms: number): string {
  const sec = Math.ceil(ms / 1_000)
  if (sec < 90) return `${sec} s`
  const min = Math.ceil(sec / 60)
  return min < 90 ? `${min} min` : `${Math.ceil(min / 6) / 10} h`
}

/** Said once to whoever does not see the table, when it begins to hold; no numbers, or it would never be still. */
export function drainNews(node: Drained): string | undefined {
  const progress = drainProgress(node)
  if (!progress) return undefined
  const leaves = leavesByItself(node)
  if (progress.phase === 'silent') return `${node.node} was emptied and no longer reports.`
  if (progress.phase === 'empty')
    return leaves ? `${node.node} is empty and stops.` : `${node.node} is empty and may be stopped.`
  if (progress.late) return `${node.node}: ${progress.note?.toLowerCase()}`
  return leaves ? `${node.node} is leaving.` : `${node.node} is being emptied.`
}

/** Who would be moved. */
export function onItWords({ rooms, participants }: Pick<NodeView, 'rooms' | 'participants'>): string {
  const here = `${count(rooms, 'meeting')}, ${count(participants, 'person', 'people')}`
  return rooms + participants > 0 ? `On it now: ${here}.` : 'No meeting is on it now.'
}

/** What the node carries and what the others would take, in tracks; undefined: the refusal does not say. */
export function roomElsewhere({
  errors = [],
}: Pick<Refusal, 'errors'>): { needs: number; free: number } | undefined {
  for (const { message } of errors) {
    const found = /carries (\d+) tracks; other nodes have room for (\d+)/.exec(message)
    if (found) return { needs: Number(found[1]), free: Number(found[2]) }
  }
  return undefined
}
