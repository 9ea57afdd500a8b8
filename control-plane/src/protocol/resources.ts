/** What a node's capacity and load are measured in. */
import {
  CORES_MAX,
  NODE_ROOMS_ALWAYS,
  NODE_ROOMS_MAX,
  TRACKS_PER_CORE_MAX,
  UTILISATION_MAX_PPM,
} from './limits.ts'

/** Cores, bytes/s, packets/s and tracks (published + subscribed). */
export type Resources = {
  cpuCores: number
  egressBytesPerSec: number
  packetsPerSec: number
  tracks: number
}

const DIMENSIONS = ['cpuCores', 'egressBytesPerSec', 'packetsPerSec', 'tracks'] as const

/**
 * The capacity as it counts: what no machine can do is not believed. The measured cost of a track stays far above
 * these bounds, and an agent whose administrator has set a number by hand is held to them as well.
 */
export function plausibleCapacity(capacity: Resources): Resources {
  const cpuCores = Math.min(capacity.cpuCores, CORES_MAX)
  return {
    ...capacity,
    cpuCores,
    tracks: Math.min(capacity.tracks, Math.ceil(cpuCores * TRACKS_PER_CORE_MAX)),
  }
}

/** Rooms that a node of this capacity can carry at most: each has a participant, or waits for one. */
export const roomsPossible = (capacity: Resources): number =>
  Math.min(NODE_ROOMS_MAX, NODE_ROOMS_ALWAYS + Math.ceil(plausibleCapacity(capacity).tracks))

/**
 * The worst of the four, each over this node's own capacity, in millionths: a node is as full as its scarcest resource.
 * A dimension with capacity 0 is not limited by the node and does not count.
 */
export function utilisationPpm(load: Resources, capacity: Resources): number {
  let worst = 0
  for (const d of DIMENSIONS) if (capacity[d] > 0) worst = Math.max(worst, load[d] / capacity[d])
  return Math.min(UTILISATION_MAX_PPM, Math.round(worst * 1e6))
}
