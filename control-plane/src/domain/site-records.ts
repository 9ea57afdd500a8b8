/** Sites, their settings and ordered restarts, as values, and the store that keeps them. */
import type { Shard } from '../protocol/room-names.ts'

export type OfflinePolicy = 'off' | 'join' | 'start'

export type SiteSettings = {
  ranges: string[]
  fallback: string[]
  boundary: 'soft' | 'hard'
  spare: 'largest-node' | 'none'
  /** What its nodes may do while they are cut off; absent: nothing. */
  offline?: OfflinePolicy
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

export type FreeTracks = readonly { site: string; tracks: number }[]

/** Keeps sites: settings, sums over their nodes, ordered restarts. Each method throws StoreUnavailable while Redis is away. */
export type SitesStore = {
  /** The home for a room that is likely to run at this site. */
  shardFor(site: string | undefined): Promise<Shard>
  setSite(site: string, settings: SiteSettings): Promise<'set' | 'unknown'>
  readSites(): Promise<SiteRecord[]>
  /** What no report and no join does; rarely, over all replicas. */
  sweepSite(site: string): Promise<{ weeded: number; dead: number; mendedTracks: number } | 'idle'>
  /** Restarts the nodes of a site one by one; where that is stuck it goes on. */
  beginRestart(site: string): Promise<'begun' | 'goes_on' | 'unknown'>
  stopRestart(site: string): Promise<'stopped' | 'finishes' | 'unknown'>
  /** The next step, if one is due: over all replicas each is taken once. */
  stepRestart(site: string, freeElsewhere: FreeTracks): Promise<RestartStep | 'idle'>
}
