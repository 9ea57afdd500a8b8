import type { NodeReport } from '@levee/control-plane/contract'
import type { Reading } from '../readings/readings.ts'
import type { RoomsTold } from './room-changes.ts'

const within = (value: number, max: number): number =>
  Number.isFinite(value) ? Math.min(max, Math.max(0, value)) : 0

/**
 * A report that the control plane can take: readings of short intervals may overshoot what is possible, and one
 * impossible number would cost the whole report.
 */
export function makeReport(
  boot: { bootId: string; seq: number },
  livekit: { up: boolean } & RoomsTold,
  reading: Omit<Reading, 'rooms'>,
  words: {
    joinsPerSec?: number | undefined
    leavesWithinMs?: number | undefined
    offlineGrantSec?: number | undefined
    cannotRestart?: boolean | undefined
  } = {},
): NodeReport {
  const { joinsPerSec, leavesWithinMs, offlineGrantSec, cannotRestart } = words
  const { capacity, load, host, startedAtSec } = reading
  const cpuBusy = within(host.cpuBusy, 1)
  const memoryLimitBytes = within(host.memoryLimitBytes, Number.MAX_SAFE_INTEGER)
  return {
    bootId: boot.bootId,
    seq: boot.seq,
    livekit: {
      ...livekit,
      ...(startedAtSec !== null && { startedAtSec: within(startedAtSec, 1e12) }),
      ...(cannotRestart && { cannotRestart }),
    },
    ...(leavesWithinMs !== undefined && {
      leaving: { withinSec: Math.ceil(Math.min(86_400, Math.max(1, leavesWithinMs / 1_000))) },
    }),
    ...(offlineGrantSec !== undefined && { offlineGrantSec: Math.floor(within(offlineGrantSec, 604_800)) }),
    ...(joinsPerSec !== undefined && { joinsPerSec }),
    capacity: {
      cpuCores: within(capacity.cpuCores, 4_096),
      egressBytesPerSec: within(capacity.egressBytesPerSec, 1e12),
      packetsPerSec: within(capacity.packetsPerSec, 1e9),
      tracks: within(capacity.tracks, 1e8),
    },
    load: load && {
      // An override may be far below what the host really burns; more than ten times is told as ten times.
      cpuCores: within(load.cpuCores, Math.min(4_096, capacity.cpuCores * 10)),
      egressBytesPerSec: within(load.egressBytesPerSec, 1e12),
      packetsPerSec: within(load.packetsPerSec, 1e9),
      tracks: within(load.tracks, 1e8),
    },
    host: {
      cpuBusy,
      cpuSteal: within(host.cpuSteal, 1 - cpuBusy),
      memoryUsedBytes: within(host.memoryUsedBytes, memoryLimitBytes || Number.MAX_SAFE_INTEGER),
      memoryLimitBytes,
    },
  }
}
