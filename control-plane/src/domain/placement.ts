/** What the store knows of rooms, placements and nodes, as values. */
import type { Refusal } from './refusal.ts'
import type { Resources } from './capacity.ts'
import type { RoomId } from './room.ts'

export type NewRoom = {
  roomId: RoomId
  title: string
  hostKeyHash: string
  costTracks: number
  site: string | undefined
  ttlMs: number
}

export type RoomRecord = { title: string; expiresAtMs: number }

/** A room bound to a node, with all that is needed to sign a token for it. */
export type Placement = {
  node: string
  epoch: number
  site: string
  url: string
  apiKey: string
  sealedSecret: string
  title: string
  expiresAtMs: number
}

export type PlaceRefusal = Refusal<
  'room_not_found' | 'host_key_refused' | 'no_node' | 'fleet_full' | 'node_full'
>

export type NodeEnrolment = {
  node: string
  site: string
  url: string
  apiKey: string
  sealedSecret: string
  secretHash: string
  agentVersion: string
}

export type NodeState = 'serving' | 'cordoned' | 'draining'

/** What the operations page shows of a node beyond its sums. */
export type NodeDetails = {
  capacity: Resources
  load: Resources | null
  cpuBusy: number
  cpuSteal: number
}

export type NodeReading = {
  node: string
  secretHash: string
  bootId: string
  seq: number
  up: boolean
  utilisationPpm: number | null
  capacityTracks: number
  details: NodeDetails
  rooms: { name: string; participants: number; tracks: number }[] | null
}

export type NodeRecord = {
  node: string
  site: string
  url: string
  agentVersion: string
  state: NodeState
  up: boolean
  /** Milliseconds of Redis time since the last report; null before the first. */
  silentMs: number | null
  utilisationPpm: number
  capacityTracks: number
  reservedTracks: number
  rooms: number
  participants: number
  details: NodeDetails | null
}

/** What the use-cases need of a store. One method is one round trip; each throws StoreUnavailable when it is away. */
export type FleetStore = {
  createRoom(room: NewRoom): Promise<{ expiresAtMs: number } | Refusal<'taken'>>
  viewRoom(roomId: RoomId): Promise<RoomRecord | Refusal<'room_not_found'>>
  /** `hostKeyHash`: of the key that the joiner claims to hold; a wrong one places nothing. */
  placeRoom(
    roomId: RoomId,
    purpose: 'join' | 'rejoin',
    wish: { site?: string | undefined; hostKeyHash?: string | undefined },
  ): Promise<Placement | PlaceRefusal>
  endRoom(roomId: RoomId, hostKeyHash: string): Promise<'ended' | 'unknown' | 'forbidden'>
  enrolNode(node: NodeEnrolment): Promise<'enrolled' | 'taken'>
  reportNode(
    reading: NodeReading,
  ): Promise<{ state: NodeState; drop: string[] } | Refusal<'node_unauthorized'>>
  setNodeState(node: string, state: NodeState): Promise<'set' | 'unknown'>
  readFleet(): Promise<NodeRecord[]>
  ping(): Promise<void>
}
