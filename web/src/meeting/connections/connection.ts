import type { NodeAccess } from '@levee/control-plane/contract'
import type { Room } from 'livekit-client'
import type { RefreshedToken } from './refreshed-token.ts'

/**
 * active: the meeting runs there. standby: joined beforehand, in case the active node fails. previous: the meeting ran
 * there, and the connection stays until everything has moved.
 */
export type Role = 'active' | 'standby' | 'previous'

/**
 * connecting: the first attempt. up: signal and media are connected. degraded: the signal socket is down, media may
 * still flow. reconnecting: both are down and LiveKit starts a new session. closed: it never connected, or is over.
 */
export type Link = 'connecting' | 'up' | 'degraded' | 'reconnecting' | 'closed'

/** What the failover state machine knows about one connection. Times are those of Date.now(), in ms. */
export type ConnectionState = {
  /** Never reused. Two connections may share an epoch when a node was restarted. */
  readonly id: number
  readonly access: NodeAccess
  readonly epoch: number
  readonly role: Role
  readonly roleSinceMs: number
  readonly link: Link
  readonly linkSinceMs: number
  /** We have left its LiveKit room; only the list of who was there remains. */
  readonly disconnected: boolean
  /** It has been connecting for too long. */
  readonly overdue: boolean
  /** A standby that is shown and sent to before the control plane has confirmed the change. */
  readonly promoted: boolean
  /** A standby that we also send to, because a participant on it does not reach the active node. */
  readonly mirrored: boolean
  /** A standby that our sound is sent to all the time. */
  readonly soundRunning: boolean
  /** No packet of any track that should flow has arrived for too long. */
  readonly silent: boolean
  /** Its socket has closed and its node does not answer: what is sent there is lost. */
  readonly unreachable: boolean
  /** The last token that the node issued for coming back. */
  readonly refreshedToken?: RefreshedToken
}

/** A connection to one edge node: its LiveKit room and its current state, which is updated after each transition. */
export type NodeConnection = ConnectionState & {
  readonly room: Room
  /** Whether its socket is observed, so that its close is the first sign of a failure; otherwise LiveKit's events are. */
  readonly socketObserved: () => boolean
  /** Called when the room is left. */
  readonly cleanups: (() => void)[]
}

/** Whether the link is up and media arrives where it should. */
export const works = ({ link, silent }: Pick<ConnectionState, 'link' | 'silent'>): boolean =>
  link === 'up' && !silent

/** Whether it is a standby that does not serve. */
export const isIdle = ({ role, promoted }: Pick<ConnectionState, 'role' | 'promoted'>): boolean =>
  role === 'standby' && !promoted
