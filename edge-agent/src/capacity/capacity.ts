import {
  FALLBACK_EGRESS_BYTES_PER_SEC,
  LEARN_BOUNDS,
  START_PACKETS_PER_SEC_PER_CORE,
  START_TRACKS_PER_CORE,
  USABLE_CPU_SHARE,
} from '../tuning/capacity.ts'
import type { Resources } from '@levee/control-plane/protocol/resources'
import type { PerTrack } from './track-cost.ts'

/** Values configured by the operator; undefined: measured. */
export type Overrides = { [Name in keyof Resources]: number | undefined }

/**
 * Capacity of a node with these cores and this network card. Tracks: as many as use up the scarcest of CPU, egress and
 * packets at the present cost per track; `perTrack` undefined: nothing was learnt yet. Overrides take precedence.
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
  // A resource that a track does not use sets no bound: the division by 0 gives Infinity.
  const affordable = perTrack
    ? Math.min(
        (cpuCores * USABLE_CPU_SHARE) / perTrack.cpuCores,
        egressBytesPerSec / perTrack.bytesPerSec,
        packetsPerSec / perTrack.packetsPerSec,
      )
    : start
  const tracks = Math.min(start * LEARN_BOUNDS.upper, Math.max(start * LEARN_BOUNDS.lower, affordable))
  return {
    cpuCores,
    egressBytesPerSec,
    packetsPerSec,
    tracks: overrides.tracks ?? Math.max(1, Math.round(tracks)),
  }
}
