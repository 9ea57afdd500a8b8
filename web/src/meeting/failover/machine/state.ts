import type { JoinAnswer, NodeAccess } from '@levee/control-plane/contract'
import { works, type ConnectionState } from '../../connections/connection.ts'
import type { EndReason } from '../../connections/connection-status.ts'
import { ACCESS_FRESH_MS } from '../../tuning.ts'

/** The state that every decision of the failover depends on. Times are those of Date.now(), in ms. */
export type FailoverState = {
  /** starting: no connection has been up yet. ended: for good; every event is ignored. */
  readonly phase: 'starting' | 'running' | 'ended'
  readonly endReason?: EndReason
  /** In the order in which they were opened. */
  readonly connections: readonly ConnectionState[]
  readonly nextId: number
  /** The control plane's last answer. */
  readonly answer?: JoinAnswer
  readonly answeredMs: number
  /** The page has shown a picture of another participant: joining a standby no longer delays the first one. */
  readonly pictureShown: boolean
  /** Connection attempts to a standby that failed in a row. */
  readonly standbyFailures: number
  /** `rejoin` is being called repeatedly. */
  readonly rejoining: boolean
  /** The active node is being probed repeatedly. */
  readonly probing: boolean
  /** The highest `ask` of a node's messages, by LiveKit room name. */
  readonly asks: Readonly<Record<string, number>>
  /** When silence turned out to be a false alarm, oldest first. */
  readonly falseAlarmsMs: readonly number[]
  /** Since when a participant has been received only on the standby. */
  readonly splitSinceMs: number | undefined
}

export const INITIAL_STATE: FailoverState = {
  phase: 'starting',
  connections: [],
  nextId: 1,
  answeredMs: 0,
  pictureShown: false,
  standbyFailures: 0,
  rejoining: false,
  probing: false,
  asks: {},
  falseAlarmsMs: [],
  splitSinceMs: undefined,
}

type Connections = Pick<FailoverState, 'connections'>

export const activeOf = ({ connections }: Connections): ConnectionState | undefined =>
  connections.find(({ role }) => role === 'active')
export const standbyOf = ({ connections }: Connections): ConnectionState | undefined =>
  connections.find(({ role }) => role === 'standby')
export const previousOf = ({ connections }: Connections): ConnectionState[] =>
  connections.filter(({ role }) => role === 'previous')

/** Whether the active connection has lost its link, or never had one. */
export function isBroken(state: Connections): boolean {
  const active = activeOf(state)
  return active !== undefined && active.link !== 'up' && active.link !== 'connecting'
}

/** Whether the active connection does not work: no link, or no media. */
export function isTroubled(state: Connections): boolean {
  const active = activeOf(state)
  return active !== undefined && !works(active)
}

/**
 * The epoch that a call of `rejoin` reports as lost; undefined: none. A node that we have not reached yet is not lost:
 * it may only be slow.
 */
export function lostEpoch(state: Connections): number | undefined {
  const active = activeOf(state)
  return active?.link === 'connecting' ? undefined : active?.epoch
}

/** Access to the active node with a valid token: the control plane's, else the node's own. */
export function freshAccess(state: FailoverState, nowMs: number): NodeAccess | undefined {
  if (nowMs - state.answeredMs < ACCESS_FRESH_MS) return state.answer
  const { access, refreshedToken } = activeOf(state) ?? {}
  if (!access || !refreshedToken || nowMs >= refreshedToken.validUntilMs) return undefined
  return { ...access, participantToken: refreshedToken.token }
}
