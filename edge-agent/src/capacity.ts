import type { NodeReport } from '@levee/control-plane/contract'
import {
  FALLBACK_EGRESS_BYTES_PER_SEC,
  LEARN_BOUNDS,
  LEARN_MIN_CPU_CORES,
  LEARN_MIN_TRACKS,
  LEARN_WEIGHT,
  START_PACKETS_PER_SEC_PER_CORE,
  START_TRACKS_PER_CORE,
  USABLE_CPU_SHARE,
} from './tuning.ts'

/** What a node can bear, and bears: cores, bytes/s, packets/s, tracks (published + subscribed). */
export type Resources = NodeReport['capacity']

/** What the operator says; undefined: measured. */
export type Overrides = { [Name in keyof Resources]: number | undefined }

/** Cores per track as seen on this node; undefined until there was enough to see. */
export type CpuPerTrack = number | undefined

/** Weighs one reading into the cost per track. Readings with few tracks or hardly any CPU teach nothing. */
export function learn(known: CpuPerTrack, load: Pick<Resources, 'cpuCores' | 'tracks'>): CpuPerTrack {
  if (load.tracks < LEARN_MIN_TRACKS || load.cpuCores < LEARN_MIN_CPU_CORES) return known
  const seen = load.cpuCores / load.tracks
  return known === undefined ? seen : known + LEARN_WEIGHT * (seen - known)
}

/** The capacity of a node with so many cores and such a card. What the operator says wins. */
export function capacityOf(
  machine: { cores: number; nicBytesPerSec: number | undefined },
  cpuPerTrack: CpuPerTrack,
  overrides: Overrides,
): Resources {
  const cpuCores = overrides.cpuCores ?? machine.cores
  const start = START_TRACKS_PER_CORE * cpuCores
  const learnt = cpuPerTrack === undefined ? start : (cpuCores * USABLE_CPU_SHARE) / cpuPerTrack
  const tracks = Math.min(start * LEARN_BOUNDS.upper, Math.max(start * LEARN_BOUNDS.lower, learnt))
  return {
    cpuCores,
    egressBytesPerSec: overrides.egressBytesPerSec ?? machine.nicBytesPerSec ?? FALLBACK_EGRESS_BYTES_PER_SEC,
    packetsPerSec: overrides.packetsPerSec ?? Math.round(START_PACKETS_PER_SEC_PER_CORE * cpuCores),
    tracks: overrides.tracks ?? Math.max(1, Math.round(tracks)),
  }
}
