/** What the store knows of rooms, placements, nodes and sites, as values. */
import type { Refusal } from '../protocol/refusal.ts'
import type { Resources } from './capacity.ts'
import type { Home, RoomId } from '../protocol/room-names.ts'

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

export type MadeAlone = {
  roomId: RoomId
  title: string
  hostKeyHash: string
  site: string
  expiresAtMs: number
}

/** `site`: where it runs, or is to run; '' when that is open. */
export type RoomRecord = { title: string; expiresAtMs: number; site: string }

/**
 * How well a room is stood by for. off: not at all; warm: its people are joined to a second node and send nothing there;
 * sound: they send their sound there all the time.
 */
export type StandbyLevel = 'off' | 'warm' | 'sound'

export type Standby = NodeCard & { node: string; epoch: number; site: string; sound: boolean }

/** A room bound to a node, with all that is needed to sign a token for it. */
export type Placement = NodeCard & {
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

/** What it takes to send somebody to a node. */
export type NodeCard = { url: string; apiKey: string; sealedSecret: string }

export type NodeEnrolment = NodeCard & {
  node: string
  site: string
  /** Failure domain; '' for the node alone. */
  zone: string
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

export type RoomReading = { name: string; participants: number; tracks: number }

/** All rooms of a node, or what changed since an earlier report of the same boot. */
export type RoomsReading = {
  /** seq of that report; 0: the list is whole. */
  since: number
  changed: RoomReading[]
  gone: string[]
  rooms: number
  participants: number
}

export type NodeReading = {
  node: string
  secretHash: string
  bootId: string
  seq: number
  up: boolean
  utilisationPpm: number | null
  capacityTracks: number
  joinsPerSec: number
  /** The agent was told to stop; it stays this long for its rooms to be moved. */
  staysMs?: number
  /** Its URL is to be told if no replica has reached it yet. */
  wantsUrl?: boolean
  /** When LiveKit started, by the node's own clock; undefined: not known. */
  startedAtSec?: number | undefined
  /** It was told to restart LiveKit and cannot. */
  cannotRestart?: boolean | undefined
  details: NodeDetails
  rooms: RoomsReading | null
}

/** What is wanted of a node; `drop`, `moved`, `changed` as in the contract's Directive. */
export type NodeOrder = {
  state: NodeState
  drop: string[]
  moved: string[]
  changed: string[]
  wholeRooms: boolean
  site: string
  /** Where it was wanted: URL of its LiveKit while no replica has reached it yet, else ''. */
  unreachedUrl: string
  /** LiveKit is to be restarted. */
  restart: boolean
}

export type NodeRecord = {
  node: string
  site: string
  zone: string
  url: string
  agentVersion: string
  state: NodeState
  up: boolean
  /** Milliseconds of Redis time since the last report; null before the first. */
  silentMs: number | null
  /** Its site is frozen: silence alone does not make it dead. */
  frozen: boolean
  utilisationPpm: number
  capacityTracks: number
  reservedTracks: number
  rooms: number
  participants: number
  details: NodeDetails | null
  /** It is being emptied; roomsToMove counts those that still run there, roomsAtStart those of when a person asked for it. */
  drain: { endsInMs: number; roomsToMove: number; roomsAtStart: number | null } | null
}

export type Alone = 'off' | 'join' | 'start'

export type SiteSettings = {
  ranges: string[]
  fallback: string[]
  boundary: 'soft' | 'hard'
  spare: 'largest-node' | 'none'
  /** What its nodes may do while they are cut off; absent: nothing. */
  alone?: Alone
}

/**
 * Why the ordered restart of a site does not go on. By itself it goes on after: frozen, silent, leaving, another_drain,
 * no_room, and by_hand, when somebody has restarted LiveKit. By an operator's word after: taken_back, not_empty, not_back.
 */
export type RestartReason =
  | 'frozen'
  | 'silent'
  | 'leaving'
  | 'another_drain'
  | 'no_room'
  | 'by_hand'
  | 'taken_back'
  | 'not_empty'
  | 'not_back'

/** The nodes of a site restarted one by one: drained, LiveKit restarted, serving again, the next. */
export type RestartRecord = {
  state: 'waiting' | 'draining' | 'restarting' | 'stuck' | 'done'
  /** Whose turn it is. */
  node: string | null
  done: number
  /** Not there when it was their turn, or left out because they did not come back. */
  skipped: number
  total: number
  reason: RestartReason | null
  /** With `no_room`: tracks of its rooms, and free for them. */
  needTracks: number
  freeTracks: number
  /** Ends with this node. */
  stopping: boolean
}

/** One step of it; `drained`: a drain began; `restarted`: LiveKit is to be restarted; `back`: the node serves again. */
export type RestartStep =
  | { step: 'drained' | 'restarted' | 'skipped' | 'back'; node: string }
  | { step: 'stuck'; node: string; reason: RestartReason }
  | { step: 'ended'; done: number; skipped: number }

/** Sums over the nodes that would take a room now; rooms and participants over all nodes. */
export type SiteRecord = {
  site: string
  nodes: number
  serving: number
  silent: number
  frozen: boolean
  capacityTracks: number
  loadTracks: number
  reservedTracks: number
  rooms: number
  participants: number
  settings: SiteSettings
  /** URL of one of its serving nodes; '' if there is none. */
  sampleUrl: string
  /** null: none is under way, nor has one ended a moment ago. */
  restart: RestartRecord | null
}

export type PlaceWish = {
  /** The person's nearest site. */
  near?: string | undefined
  /** Of the key that the joiner claims to hold; a wrong one places nothing. */
  hostKeyHash?: string | undefined
  /** Epoch that somebody with a ticket was at: where the room's record was lost, the next one is higher. */
  heldEpoch?: number | undefined
}

export type FreeTracks = readonly { site: string; tracks: number }[]

/** `freeElsewhere`: tracks that other sites would take; undefined: the node is drained whether its rooms fit or not. */
export type DrainWish = {
  withinMs: number
  freeElsewhere: FreeTracks | undefined
}
export type TooFull = { needTracks: number; freeTracks: number }

/** What the use-cases need of a store. Each throws StoreUnavailable when it is away. */
export type FleetStore = {
  /** The home for a room that is likely to run at this site. */
  homeFor(site: string | undefined): Promise<Home>
  createRoom(room: NewRoom): Promise<{ expiresAtMs: number } | Refusal<'taken'>>
  viewRoom(roomId: RoomId): Promise<RoomRecord | Refusal<'room_not_found' | 'store_recovering'>>
  /** One round trip, unless the room runs at a site whose root is another than its own. */
  placeRoom(roomId: RoomId, purpose: 'join' | 'rejoin', wish: PlaceWish): Promise<Placement | PlaceRefusal>
  /** Gives the room another node than this one, or answers why not; 'stays' when it is not there at this epoch. */
  moveRoom(room: { roomId: RoomId; epoch: number; node: string }): Promise<'moved' | 'stays' | PlaceRefusal>
  setStandby(roomId: RoomId, level: StandbyLevel): Promise<'set' | 'unknown'>
  /** For rooms of the tenant that say nothing themselves, from their next join on. null: as the installation has it. */
  setTenantStandby(tenant: string, level: StandbyLevel | null): Promise<void>
  tenantStandby(tenant: string): Promise<StandbyLevel | null>
  /** Rooms that a node made while it was cut off become known; those that are known stay as they are. */
  adoptRooms(rooms: readonly MadeAlone[]): Promise<void>
  /** What it takes to send somebody to this node; undefined when it is not enrolled. */
  cardOf(node: string): Promise<NodeCard | undefined>
  endRoom(roomId: RoomId, hostKeyHash: string): Promise<'ended' | 'unknown' | 'forbidden'>
  enrolNode(node: NodeEnrolment): Promise<'enrolled' | 'taken'>
  reportNode(reading: NodeReading): Promise<NodeOrder | Refusal<'node_unauthorized'>>
  setNodeState(node: string, state: NodeState, drain?: DrainWish): Promise<'set' | 'unknown' | TooFull>
  /** Clients lost it and it is not reached from here: given up if its agent is silent too. */
  condemnNode(node: string): Promise<'condemned' | 'gone' | 'kept'>
  /** It was reached from here once, so not reaching it will mean something. */
  markReached(node: string): Promise<void>
  /** The next rooms to move away from nodes that are to be emptied; over all replicas, no room twice in a moment. */
  nextToMove(): Promise<{ node: string; rooms: string[] }[]>
  setSite(site: string, settings: SiteSettings): Promise<'set' | 'unknown'>
  readSites(): Promise<SiteRecord[]>
  /** A page of a site's nodes, by id. */
  readNodes(page: { site: string; after?: string; limit: number }): Promise<NodeRecord[]>
  /** What no report and no join does; rarely, over all replicas. */
  sweepSite(site: string): Promise<{ weeded: number; dead: number; mendedTracks: number } | 'idle'>
  /** Restarts the nodes of a site one by one; where that is stuck it goes on. */
  beginRestart(site: string): Promise<'begun' | 'goes_on' | 'unknown'>
  stopRestart(site: string): Promise<'stopped' | 'finishes' | 'unknown'>
  /** The next step, if one is due: over all replicas each is taken once. */
  stepRestart(site: string, freeElsewhere: FreeTracks): Promise<RestartStep | 'idle'>
  ping(): Promise<void>
}
