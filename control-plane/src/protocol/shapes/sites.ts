/** Shapes of sites that cross the wire unchanged. The schemas of the contract are compiled against them. */

/** What the nodes of a site may do while they are offline: nothing, let people join, or also start meetings. */
export const OFFLINE_POLICIES = ['off', 'join', 'start'] as const
export type OfflinePolicy = (typeof OFFLINE_POLICIES)[number]

export const SITE_BOUNDARIES = ['soft', 'hard'] as const
export const SITE_SPARES = ['largest-node', 'none'] as const

export type SiteSettings = {
  /** Addresses of people at this site, CIDR. The longest match wins. */
  ranges: string[]
  /** Where rooms of this site go when it is full, in this order. Empty: the sites with most headroom. */
  fallback: string[]
  /** hard: rooms of this site stay here, and are refused when it is full. */
  boundary: (typeof SITE_BOUNDARIES)[number]
  /** largest-node: new rooms leave enough free to lose the largest node of the site. */
  spare: (typeof SITE_SPARES)[number]
  /** Absent: off. */
  offline?: OfflinePolicy
}

export const RESTART_STATES = ['waiting', 'draining', 'restarting', 'stuck', 'done'] as const

/**
 * Why an ordered restart does not go on. frozen, silent, leaving, another_drain, no_room and by_hand end by themselves
 * (by_hand when a person has restarted LiveKit); taken_back, not_empty and not_back need an operator.
 */
export const RESTART_REASONS = [
  'frozen',
  'silent',
  'leaving',
  'another_drain',
  'no_room',
  'by_hand',
  'taken_back',
  'not_empty',
  'not_back',
] as const
export type RestartReason = (typeof RESTART_REASONS)[number]

/** An ordered restart: the nodes of a site one by one are drained, their LiveKit is restarted, they serve again. */
export type SiteRestart = {
  state: (typeof RESTART_STATES)[number]
  /** The node whose turn it is. */
  node: string | null
  done: number
  /** Nodes that were absent at their turn, or did not come back. */
  skipped: number
  total: number
  reason: RestartReason | null
  /** With `no_room`: tracks of the node's rooms, and tracks that are free for them. */
  needTracks: number
  freeTracks: number
  /** It ends with this node. */
  stopping: boolean
}
