/** Nodes and their reports, and the store that keeps them. */
import type { Refusal } from '../protocol/problems/refusal.ts'
import type { Resources } from '../protocol/resources.ts'
import type { CarriedRoom, DrainProgress, NodeState, RoomOrders } from '../protocol/shapes/nodes.ts'
import type { FreeTracks } from './site-records.ts'

/** What is needed to send a participant to a node. */
export type NodeCredentials = { url: string; apiKey: string; sealedSecret: string }

export type NodeEnrolment = NodeCredentials & {
  node: string
  site: string
  /** Failure domain; '': a domain of its own. */
  zone: string
  secretHash: string
  agentVersion: string
}

/** Readings of a node for operators, beside what the scripts compute with. */
export type NodeDetails = {
  capacity: Resources
  load: Resources | null
  cpuBusy: number
  cpuSteal: number
}

/** All rooms of a node, or what changed since an earlier report of the same boot. */
export type RoomsReading = {
  /** seq of that report; 0: the list is complete. */
  since: number
  changed: CarriedRoom[]
  gone: string[]
  rooms: number
  participants: number
}

/** The value of one report. null: the reading failed, and the last one holds. */
export type NodeReading = {
  node: string
  secretHash: string
  bootId: string
  seq: number
  up: boolean
  utilisationPpm: number | null
  capacityTracks: number
  joinsPerSec: number
  /** The agent is stopping and waits this long for its rooms to be moved. */
  staysMs?: number
  /** The answer should carry the node's URL if no replica has reached the node yet. */
  wantsUrl?: boolean
  /** When LiveKit started, by the node's own clock; undefined: not known. */
  startedAtSec?: number | undefined
  /** A restart of LiveKit was ordered, and the agent cannot carry it out. */
  cannotRestart?: boolean | undefined
  details: NodeDetails
  rooms: RoomsReading | null
}

/** What a node is to do. */
export type NodeOrder = RoomOrders & {
  state: NodeState
  wholeRooms: boolean
  site: string
  /** With `wantsUrl`: URL of its LiveKit while no replica has reached it yet, else ''. */
  unreachedUrl: string
  /** Participants and a replica could not join on it: it gets no rooms until a replica can. */
  letsNobodyIn: boolean
  /** LiveKit is to be restarted. */
  restart: boolean
  /** The report came late or twice, and was not used. */
  isStale: boolean
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
  /** Its site is frozen: silence by itself does not make it dead. */
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
export type DrainOptions = {
  withinMs: number
  freeElsewhere: FreeTracks | undefined
}

/**
 * What is known of a node that a client lost. unknown: it does not answer this replica, but its agent may still report.
 * Wait and place again: the agent's report comes within milliseconds, and its silence counts after condemnAfterMs.
 */
export type LossVerdict = 'reachable' | 'unknown' | 'gone'

/** Keeps nodes and their reports. Each method throws StoreUnavailable while Redis is away. */
export type NodesStore = {
  /** undefined: the node is not enrolled. */
  credentialsOf(
    node: string,
  ): Promise<(NodeCredentials & { grant: { sinceMs: number; untilMs: number } | undefined }) | undefined>
  enrolNode(node: NodeEnrolment): Promise<'enrolled' | Refusal<'node_id_taken' | 'node_removed'>>
  /** Puts a node out for good: credentials, grants and rooms. Its id cannot enrol again until it is allowed. */
  removeNode(node: string): Promise<'removed' | Refusal<'node_not_found'>>
  /** Whether it is a removed node that has this secret. */
  isRemoved(node: string, secretHash: string): Promise<boolean>
  allowNode(node: string): Promise<'allowed' | Refusal<'node_not_found'>>
  removedNodes(): Promise<{ node: string; removedAtMs: number }[]>
  reportNode(reading: NodeReading): Promise<NodeOrder | Refusal<'node_unauthorized'>>
  /** What a node may do while offline is believed only as far as it was recorded before the grant was given. */
  recordGrant(
    node: string,
    may: 'join' | 'start',
    ttlMs: number,
  ): Promise<'recorded' | Refusal<'node_not_found'>>
  /** A page of a site's nodes, by id. */
  readNodes(page: { site: string; after?: string; limit: number }): Promise<NodeRecord[]>
  /** A drain that does not fit carries the numbers of ProblemNumbers. */
  setNodeState(
    node: string,
    state: NodeState,
    drain?: DrainOptions,
  ): Promise<'set' | Refusal<'node_not_found' | 'drain_does_not_fit'>>
  /** Clients lost the node and this replica does not reach it: it is given up if its agent is silent too. */
  condemnNode(node: string): Promise<'condemned' | 'gone' | 'kept'>
  /** The node answers but lets nobody in: no rooms for it, and those that it has are placed elsewhere. */
  shutOut(node: string): Promise<'shut_out' | 'known'>
  /** A replica reached the node, so that not reaching it later means something. */
  markReached(node: string): Promise<void>
  /** The next rooms to move away from nodes that are drained or leave. Over all replicas, no room twice in a moment. */
  nextToMove(): Promise<{ node: string; rooms: string[] }[]>
}
