/** Shapes of rooms and joins that cross the wire unchanged. The schemas of the contract are compiled against them. */

/**
 * A second node for a meeting, so that the loss of the first is hardly noticed. off: none. warm: the participants are
 * connected to it and send nothing there. sound: they also send their sound there all the time.
 */
export const STANDBY_LEVELS = ['off', 'warm', 'sound'] as const
export type StandbyLevel = (typeof STANDBY_LEVELS)[number]

export const ROLES = ['host', 'guest'] as const
export type Role = (typeof ROLES)[number]

export type CreateRoom = {
  title?: string
  expectedParticipants?: number
  site?: string
  tenant?: string
  /** Absent: the level of the tenant, or else of the installation. */
  standby?: StandbyLevel
  /** RFC 3339. */
  startsAt?: string
  expiresInSec?: number
}

/** A site whose distance a client may measure: any HTTP response from `probeUrl` counts. */
export type ProbedSite = { site: string; probeUrl: string }

export type JoinRoom = {
  name: string
  hostKey?: string
  /** The nearest by the client's own measurement. */
  site?: string
}

export type RejoinRoom = {
  ticket: string
  /** Epoch whose connection broke. */
  lost?: number
}

/** Access to a meeting on one node: the node, the room's name there, and the token for it. */
export type NodeAccess = {
  /** WebSocket URL of LiveKit. */
  serverUrl: string
  participantToken: string
  /** `{roomId}~{epoch}` */
  roomName: string
  node: string
  site: string
  epoch: number
}

export type JoinAnswer = NodeAccess & {
  standby: (NodeAccess & { sound: boolean }) | null
  /** null: not known. */
  nearestSite: string | null
  identity: string
  name: string
  role: Role
  title: string
  rejoinTicket: string
}
