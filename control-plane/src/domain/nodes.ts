/** Nodes and their reports, as values, and the store that keeps them. */
import type { Refusal } from '../protocol/refusal.ts'
import type { Resources } from '../protocol/resources.ts'
import type { CarriedRoom, DrainProgress, NodeState, RoomOrders } from '../protocol/shapes/nodes.ts'
import type { FreeTracks } from './site-records.ts'

export type { NodeState } from '../protocol/shapes/nodes.ts'

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

/** What the operations page shows of a node beyond its sums. */
export type NodeDetails = {
  capacity: Resources
  load: Resources | null
  cpuBusy: number
  cpuSteal: number
}

/** All rooms of a node, or what changed since an earlier report of the same boot. */
export type RoomsReading = {
  /** seq of that report; 0: the list is whole. */
  since: number
  changed: CarriedRoom[]
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

/** What the control plane wants of a node. */
export type NodeOrder = RoomOrders & {
  state: NodeState
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
  /** null: the node is not being drained. */
  drain: DrainProgress | null
}

/** `freeElsewhere`: tracks that other sites would take; undefined: the node is drained whether its rooms fit or not. */
export type DrainWish = {
  withinMs: number
  freeElsewhere: FreeTracks | undefined
}

export type TooFull = { needTracks: number; freeTracks: number }

/**
 * What is known of a node that a client lost. unknown: it does not answer this replica, but its agent may still report.
 * Wait and place again: the agent's report comes within milliseconds, and its silence counts after condemnAfterMs.
 */
export type LossVerdict = 'reachable' | 'unknown' | 'gone'

/** Keeps nodes and their reports. Each method throws StoreUnavailable while Redis is away. */
export type NodesStore = {
  /** What it takes to send somebody to this node; undefined when it is not enrolled. */
  credentialsOf(node: string): Promise<NodeCredentials | undefined>
  /** Whether the node was enrolled with the secret of this hash. */
  isOwner(node: string, secretHash: string): Promise<boolean>
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
