import type { NodeReport } from '@levee/control-plane/contract'
import type { PerTrack } from './track-cost.ts'
import {
  FALLBACK_EGRESS_BYTES_PER_SEC,
  LEARN_BOUNDS,
  START_PACKETS_PER_SEC_PER_CORE,
  START_TRACKS_PER_CORE,
  USABLE_CPU_SHARE,
} from '../tuning/agent.ts'

/** What a node can bear, and bears: cores, bytes/s, packets/s, tracks (published + subscribed). */
export type Resources = NodeReport['capacity']

/** What the operator says; undefined: measured. */
export type Overrides = { [Name in keyof Resources]: number | undefined }

/**
 * The capacity of a node with so many cores and such a card. Tracks: as many as use up the scarcest of CPU, egress and
 * packets when each takes what one takes now; undefined: nothing was learnt yet. What the operator says wins.
 */
export function capacityOf(
  machine: { cores: number; nicBytesPerSec: number | undefined },
  perTrack: PerTrack | undefined,
  overrides: Overrides,
): Resources {
  const cpuCores = overrides.cpuCores ?? machine.cores
  const egressBytesPerSec =
    overrides.egressBytesPerSec ?? machine.nicBytesPerSec ?? FALLBACK_EGRESS_BYTES_PER_SEC
  const packetsPerSec = overrides.packetsPerSec ?? Math.round(START_PACKETS_PER_SEC_PER_CORE * cpuCores)
  const start = START_TRACKS_PER_CORE * cpuCores
  // What a track takes nothing of bounds nothing: a division by 0 is Infinity here.
  const borne = perTrack
    ? Math.min(
        (cpuCores * USABLE_CPU_SHARE) / perTrack.cpuCores,
        egressBytesPerSec / perTrack.bytesPerSec,
        packetsPerSec / perTrack.packetsPerSec,
      )
    : start
  const tracks = Math.min(start * LEARN_BOUNDS.upper, Math.max(start * LEARN_BOUNDS.lower, borne))
  return {
    cpuCores,
    egressBytesPerSec,
    packetsPerSec,
    tracks: overrides.tracks ?? Math.max(1, Math.round(tracks)),
  }
}
