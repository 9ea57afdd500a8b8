/** Sites and ordered restarts, and the store that keeps them. */
import type { Refusal } from '../protocol/problems/refusal.ts'
import type { Shard } from '../protocol/room-names.ts'
import type { RestartReason, SiteRestart, SiteSettings } from '../protocol/shapes/sites.ts'

/** One step of an ordered restart. drained: a drain began; restarted: LiveKit is to be restarted; back: it serves again. */
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
  /** URLs of all its nodes, sorted; undefined: there are too many nodes to list them. */
  nodeUrls: readonly string[] | undefined
  /** null: none is under way, and none ended a moment ago. */
  restart: SiteRestart | null
}

/** Tracks that each site can take over from other sites. */
export type FreeTracks = readonly { site: string; tracks: number }[]

/** Keeps sites: settings, sums over their nodes, ordered restarts. Each method throws StoreUnavailable while Redis is away. */
export type SitesStore = {
  /** The shard for a room that is likely to run at this site. */
  shardFor(site: string | undefined): Promise<Shard>
  setSite(site: string, settings: SiteSettings): Promise<'set' | Refusal<'site_not_found'>>
  readSites(): Promise<SiteRecord[]>
  /** Finds silent and dead nodes and corrects reservations. 'idle': another replica has just done it. */
  sweepSite(site: string): Promise<{ silenced: number; dead: number; correctedTracks: number } | 'idle'>
  /** Restarts the nodes of a site one by one; where that is stuck, it continues. */
  beginRestart(site: string): Promise<'begun' | 'goes_on' | Refusal<'site_not_found'>>
  stopRestart(site: string): Promise<'stopped' | 'finishes' | Refusal<'site_not_found'>>
  /** The next step, if one is due. Over all replicas, each step is taken once. */
  stepRestart(site: string, freeElsewhere: FreeTracks): Promise<RestartStep | 'idle'>
}
