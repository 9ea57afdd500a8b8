/** Rooms and their placements, as values, and the store that keeps them. */
import type { RoomId } from '../protocol/room-names.ts'
import type { Refusal } from '../protocol/refusal.ts'
import type { Role, StandbyLevel } from '../protocol/shapes/rooms.ts'
import type { NodeCredentials } from './nodes.ts'

export type { StandbyLevel } from '../protocol/shapes/rooms.ts'

export type NewRoom = {
  roomId: RoomId
  title: string
  hostKeyHash: string
  /** undefined: what past meetings of the tenant came to, or the default. */
  costTracks: number | undefined
  site: string | undefined
  tenant: string | undefined
  ttlMs: number
  startsAtMs: number | undefined
  /** undefined: as its tenant has it, else the installation. */
  standby?: StandbyLevel | undefined
}

export type OfflineRoom = {
  roomId: RoomId
  title: string
  hostKeyHash: string
  site: string
  expiresAtMs: number
}

/** `site`: where it runs, or is to run; '' when that is open. */
export type RoomRecord = { title: string; expiresAtMs: number; site: string }

export type Standby = NodeCredentials & { node: string; epoch: number; site: string; sound: boolean }

/** A room bound to a node, with all that is needed to sign a token for it. */
export type Placement = NodeCredentials & {
  node: string
  epoch: number
  site: string
  title: string
  expiresAtMs: number
  /** Since the node was last heard of, in milliseconds of Redis time. */
  silentMs: number
  /** A second node in another failure domain, where people are joined beforehand. */
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

export type PlaceWish = {
  /** The person's nearest site. */
  near?: string | undefined
  /** Of the key that the joiner claims to hold; a wrong one places nothing. */
  hostKeyHash?: string | undefined
  /** Epoch that somebody with a ticket was at: where the room's record was lost, the next one is higher. */
  heldEpoch?: number | undefined
}

/** Keeps rooms and where they run. Each method throws StoreUnavailable while Redis is away. */
export type RoomsStore = {
  createRoom(room: NewRoom): Promise<{ expiresAtMs: number } | Refusal<'taken'>>
  viewRoom(roomId: RoomId): Promise<RoomRecord | Refusal<'room_not_found' | 'store_recovering'>>
  /** One round trip, unless the room runs at a site whose root is another than its own. */
  placeRoom(roomId: RoomId, purpose: 'join' | 'rejoin', wish: PlaceWish): Promise<Placement | PlaceRefusal>
  /** Gives the room another node than this one, or answers why not; 'stays' when it is not there at this epoch. */
  moveRoom(room: { roomId: RoomId; epoch: number; node: string }): Promise<'moved' | 'stays' | PlaceRefusal>
  setStandby(roomId: RoomId, level: StandbyLevel): Promise<'set' | 'unknown'>
  /** Rooms that a node made while it was cut off become known; those that are known stay as they are. */
  adoptRooms(rooms: readonly OfflineRoom[]): Promise<void>
  endRoom(roomId: RoomId, hostKeyHash: string): Promise<'ended' | 'unknown' | 'forbidden'>
}
