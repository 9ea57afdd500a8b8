/** What a node's capacity and load are measured in. */
import { UTILISATION_MAX_PPM } from './limits.ts'

/** Cores, bytes/s, packets/s and tracks (published + subscribed). */
export type Resources = {
  cpuCores: number
  egressBytesPerSec: number
  packetsPerSec: number
  tracks: number
}

const DIMENSIONS = ['cpuCores', 'egressBytesPerSec', 'packetsPerSec', 'tracks'] as const

/**
 * The worst of the four, each over this node's own capacity, in millionths: a node is as full as its scarcest resource.
 * A dimension with capacity 0 is not limited by the node and does not count.
 */
export function utilisationPpm(load: Resources, capacity: Resources): number {
  let worst = 0
  for (const d of DIMENSIONS) if (capacity[d] > 0) worst = Math.max(worst, load[d] / capacity[d])
  return Math.min(UTILISATION_MAX_PPM, Math.round(worst * 1e6))
}
