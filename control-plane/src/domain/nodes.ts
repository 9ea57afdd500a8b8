/** Nodes and their reports, as values, and the store that keeps them. */
import type { Refusal } from '../protocol/refusal.ts'
import type { Resources } from '../protocol/resources.ts'
import type { FreeTracks } from './site-records.ts'

/** What it takes to send somebody to a node. */
export type NodeCredentials = { url: string; apiKey: string; sealedSecret: string }

export type NodeEnrolment = NodeCredentials & {
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

/** `freeElsewhere`: tracks that other sites would take; undefined: the node is drained whether its rooms fit or not. */
export type DrainWish = {
  withinMs: number
  freeElsewhere: FreeTracks | undefined
}

export type TooFull = { needTracks: number; freeTracks: number }

/** Keeps nodes and their reports. Each method throws StoreUnavailable while Redis is away. */
export type NodesStore = {
  /** What it takes to send somebody to this node; undefined when it is not enrolled. */
  credentialsOf(node: string): Promise<NodeCredentials | undefined>
  enrolNode(node: NodeEnrolment): Promise<'enrolled' | 'taken'>
  reportNode(reading: NodeReading): Promise<NodeOrder | Refusal<'node_unauthorized'>>
  /** A page of a site's nodes, by id. */
  readNodes(page: { site: string; after?: string; limit: number }): Promise<NodeRecord[]>
  setNodeState(node: string, state: NodeState, drain?: DrainWish): Promise<'set' | 'unknown' | TooFull>
  /** Clients lost it and it is not reached from here: given up if its agent is silent too. */
  condemnNode(node: string): Promise<'condemned' | 'gone' | 'kept'>
  /** It was reached from here once, so not reaching it will mean something. */
  markReached(node: string): Promise<void>
  /** The next rooms to move away from nodes that are to be emptied; over all replicas, no room twice in a moment. */
  nextToMove(): Promise<{ node: string; rooms: string[] }[]>
}
