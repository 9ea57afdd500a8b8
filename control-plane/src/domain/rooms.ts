/** Rooms and their placements, and the store that keeps them. */
import type { Refusal } from '../protocol/problems/refusal.ts'
import type { RoomId } from '../protocol/room-names.ts'
import type { Role, StandbyLevel } from '../protocol/shapes/rooms.ts'
import type { NodeCredentials } from './nodes.ts'

export type NewRoom = {
  roomId: RoomId
  title: string
  hostKeyHash: string
  /** undefined: the size of past meetings of the tenant, or the default. */
  costTracks: number | undefined
  site: string | undefined
  tenant: string | undefined
  ttlMs: number
  /** Its link is prolonged while it is used; else it ends on its date. */
  livesOn?: boolean
  startsAtMs: number | undefined
  /** undefined: the level of its tenant, or else of the installation. */
  standby?: StandbyLevel | undefined
}

/** A room that was started on a node while it was offline. */
export type OfflineRoom = {
  roomId: RoomId
  title: string
  hostKeyHash: string
  expiresAtMs: number
}

/** `site`: where the room runs or is to run; '' while that is undecided. */
export type RoomRecord = { title: string; expiresAtMs: number; site: string }

/** The second node of a room. `sound`: participants send their sound there all the time. */
export type Standby = NodeCredentials & { node: string; epoch: number; site: string; sound: boolean }

/** A room bound to a node, with all that is needed to sign a token for it. */
export type Placement = NodeCredentials & {
  node: string
  epoch: number
  site: string
  title: string
  expiresAtMs: number
  /** Since the last report of the node, in milliseconds of Redis time. */
  silentMs: number
  /** A second node in another failure domain, to which participants are connected beforehand. */
  standby: Standby | null
}

/** What a participant token is signed for: one room, one identity, one node. */
export type TokenRequest = {
  apiKey: string
  apiSecret: string
  roomName: string
  identity: string
  name: string
  role: Role
}

export type PlaceRefusal = Refusal<
  | 'room_not_found'
  | 'host_key_refused'
  | 'no_node'
  | 'fleet_full'
  | 'site_full'
  | 'node_full'
  | 'node_busy'
  | 'store_recovering'
>

export type PlaceOptions = {
  /** The site nearest to the participant. */
  near?: string | undefined
  /** Of the key that the client presents; a wrong one places nothing. */
  hostKeyHash?: string | undefined
  /** Epoch of a client with a ticket: where the room's record was lost, the next epoch is higher. */
  heldEpoch?: number | undefined
}

/** Keeps rooms and where they run. Each method throws StoreUnavailable while Redis is away. */
export type RoomsStore = {
  createRoom(room: NewRoom): Promise<{ expiresAtMs: number } | 'taken' | Refusal<'too_many_rooms'>>
  viewRoom(roomId: RoomId): Promise<RoomRecord | Refusal<'room_not_found' | 'store_recovering'>>
  /** One round trip, unless the room runs at a site of another shard. */
  placeRoom(
    roomId: RoomId,
    purpose: 'join' | 'rejoin',
    options: PlaceOptions,
  ): Promise<Placement | PlaceRefusal>
  /** Moves the room to another node than this one, or refuses. 'stays': it is not on this node at this epoch. */
  moveRoom(room: { roomId: RoomId; epoch: number; node: string }): Promise<'moved' | 'stays' | PlaceRefusal>
  setStandby(roomId: RoomId, level: StandbyLevel): Promise<'set' | Refusal<'room_not_found'>>
  /** What a node has to do with a room. `startedThere`: while the node was offline. */
  originOf(roomId: RoomId, node: string): Promise<{ ranThere: boolean; startedThere: boolean }>
  /** Adds rooms that were started on an offline node; rooms that are known already stay as they are. */
  adoptRooms(
    from: { node: string; site: string },
    rooms: readonly OfflineRoom[],
  ): Promise<'adopted' | Refusal<'rate_limited'>>
  endRoom(
    roomId: RoomId,
    hostKeyHash: string,
  ): Promise<'ended' | Refusal<'room_not_found' | 'host_key_refused'>>
}
