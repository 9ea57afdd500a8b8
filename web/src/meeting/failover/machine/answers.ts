import { isOlderEpoch } from '@levee/control-plane/protocol/epochs'
import type { ConnectionState } from '../../connections/connection.ts'
import type { EventOf } from './events.ts'
import { markStale, openActive, recover, reopen, retireActive, settle } from './recovery.ts'
import { isBroken, isTroubled } from './state.ts'
import type { Transition } from './transition.ts'

// Answers of the control plane: where the meeting runs, or why there is no node for it.

type Begin = EventOf<'begin'>
type Answered = EventOf<'rejoin-answered'>
type Refused = EventOf<'rejoin-refused'>

export const isStarting = (t: Transition): boolean => t.state.phase === 'starting'

export function takeAnswer(t: Transition, { answer }: Begin | Answered): void {
  t.set({ answer, answeredMs: t.nowMs })
  t.emit({ type: 'take-answer', answer })
}

/** The node may have died between the answer and the click on Join; the second attempt replaces the first. */
export function dropFailedStart(t: Transition): void {
  if (t.active) t.remove(t.active)
}

export const openFirst = (t: Transition, { answer }: Begin): void => t.open(answer, 'active')

export function isOutdated({ active }: Transition, { answer }: Answered): boolean {
  return active !== undefined && isOlderEpoch(answer.epoch, active.epoch)
}

const runsElsewhere = ({ active }: Transition, { answer }: Answered): boolean =>
  answer.epoch !== active?.epoch

/** The connection where the meeting runs now, if there is one: usually the standby. */
const joinedBeforehand = ({ state }: Transition, { answer }: Answered): ConnectionState | undefined =>
  state.connections.find(({ epoch, link }) => epoch === answer.epoch && link !== 'closed')

export const runsWhereJoined = (t: Transition, event: Answered): boolean =>
  runsElsewhere(t, event) && joinedBeforehand(t, event) !== undefined

export const runsOnNewNode = (t: Transition, event: Answered): boolean =>
  runsElsewhere(t, event) && joinedBeforehand(t, event) === undefined

export const activeIsDown = ({ active }: Transition): boolean =>
  active?.link === 'reconnecting' || active?.link === 'closed'

/** The old node serves until everything has moved, but LiveKit must not spend time reconnecting to it. */
export function leaveActive(t: Transition): void {
  const { active } = t
  retireActive(t)
  if (active) t.emit({ type: 'set-retry-pace', id: active.id, pace: 'none' })
}

export function activateJoined(t: Transition, event: Answered): void {
  const connection = joinedBeforehand(t, event)
  if (!connection) return
  markStale(t, connection)
  t.setRole(connection, 'active')
  t.emit({ type: 'set-retry-pace', id: connection.id, pace: 'quick' })
  if (connection.link === 'up') settle(t)
  // Its link broke just before: without this, `rejoin` would be called only after the next event of LiveKit.
  else if (isBroken(t.state)) recover(t)
}

export const openAnswered = (t: Transition, { answer }: Answered): void => openActive(t, answer)
export const reopenAnswered = (t: Transition, { answer }: Answered): void => reopen(t, answer)

/** The node is lost, and there is no other for this meeting. */
const NO_OTHER_NODE: ReadonlySet<string> = new Set(['no_node', 'fleet_full', 'site_full'])

export const isLostWithoutOther = ({ state }: Transition, { refusal }: Refused): boolean =>
  isBroken(state) && NO_OTHER_NODE.has(refusal.code)

/** The meeting continues when this node's LiveKit runs again. */
export function startProbe(t: Transition): void {
  if (!t.active) return
  t.set({ probing: true })
  t.emit({ type: 'start-probe', serverUrl: t.active.access.serverUrl })
}

export const isProbing = (t: Transition): boolean => t.state.probing

export const showRefusal = (t: Transition, { refusal }: Refused): void =>
  t.emit({ type: 'show-refusal', refusal })

export const meetingIsOver = (_t: Transition, { refusal }: Refused): boolean =>
  refusal.code === 'room_not_found'

/** A connection that works is not given up because of a refusal. */
export const isFinalAndTroubled = (t: Transition, { retryable }: Refused): boolean =>
  !retryable && isTroubled(t.state)

export const isFinal = (_t: Transition, { retryable }: Refused): boolean => !retryable

/** The rejoin loop ends by itself after a final refusal. */
export const noteRejoinEnd = (t: Transition): void => t.set({ rejoining: false })
