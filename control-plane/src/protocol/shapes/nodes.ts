/** Shapes of nodes that cross the wire unchanged. The schemas of the contract are compiled against them. */

/** The state of a node as an operator, or its own agent when it stops, has set it. */
export const NODE_STATES = ['serving', 'cordoned', 'draining'] as const
export type NodeState = (typeof NODE_STATES)[number]

/** State and lease of a node in one word. */
export const NODE_STATUSES = [
  'starting',
  'serving',
  'cordoned',
  'draining',
  'suspect',
  'down',
  'dead',
] as const
export type NodeStatus = (typeof NODE_STATUSES)[number]

export type EnrolNode = {
  protocol: number
  node: string
  site: string
  /** Public WebSocket URL of LiveKit. */
  url: string
  apiKey: string
  apiSecret: string
  /** Generated and kept by the agent; sent with its reports. */
  nodeSecret: string
  /** Failure domain inside the site; absent: a domain of its own. */
  zone?: string
  agentVersion: string
}

/** A LiveKit room as its node counts it. */
export type CarriedRoom = { name: string; participants: number; tracks: number }

/** Names of LiveKit rooms that the agent is to act on. */
export type RoomOrders = {
  /** Over: to be closed at once. */
  drop: string[]
  /** Running elsewhere: their clients are to call `rejoin`, and the room is closed when it is empty. */
  moved: string[]
  /** With another standby: their clients are to call `rejoin`. */
  changed: string[]
}

/** The response to a report: what the node is to do. */
export type Directive = RoomOrders & {
  protocol: number
  state: NodeState
  /** LiveKit is to be restarted once its last participant has left. */
  restart?: boolean
  /** The next report must carry all rooms. */
  wholeRooms: boolean
  /** A signed OfflineGrant. */
  offlineGrant?: string
  reportEveryMs: number
}

/** Meetings that were started on a node while it was offline. */
export type OfflineRooms = {
  /** The Directive.offlineGrant under which they were started. */
  grant: string
  rooms: { roomId: string; title: string; hostKeyHash: string; expiresInSec: number }[]
}

export type DrainNode = { withinSec?: number; force?: boolean }

export type DrainProgress = {
  /** Until the planned end; 0: it has passed. */
  endsInMs: number
  roomsToMove: number
  /** null: no operator drained the node; its agent is stopping. */
  roomsAtStart: number | null
}
