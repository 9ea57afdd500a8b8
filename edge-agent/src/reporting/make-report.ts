import { PROTOCOL_VERSION } from '@levee/control-plane/protocol/version'
import { NodeReport } from '@levee/control-plane/contract'
import { REPORT_CPU_OVERLOAD_MAX } from '@levee/control-plane/protocol/limits'
import type { TSchema } from 'typebox'
import type { Resources } from '@levee/control-plane/protocol/resources'
import { contractRange } from '../contract-range.ts'
import type { Reading } from '../readings/readings.ts'
import type { RoomsPart } from './room-changes.ts'

const { capacity: CAPACITY, host: HOST, livekit: LIVEKIT, ...FIELDS } = NodeReport.properties

/** `value` within the bounds of the schema; 0, or the least value above it, for one that is not a finite number. */
function clamp(schema: TSchema, value: number): number {
  const { min, max } = contractRange(schema)
  return Math.min(max, Math.max(min, Number.isFinite(value) ? value : 0))
}

const clampResources = (resources: Resources): Resources => ({
  cpuCores: clamp(CAPACITY.properties.cpuCores, resources.cpuCores),
  egressBytesPerSec: clamp(CAPACITY.properties.egressBytesPerSec, resources.egressBytesPerSec),
  packetsPerSec: clamp(CAPACITY.properties.packetsPerSec, resources.packetsPerSec),
  tracks: clamp(CAPACITY.properties.tracks, resources.tracks),
})

/**
 * Makes a report that the control plane accepts: readings over short intervals may exceed what is possible, and with one
 * impossible number the whole report would be refused.
 */
export function makeReport(
  boot: { bootId: string; seq: number },
  livekit: { up: boolean } & RoomsPart,
  reading: Omit<Reading, 'rooms'>,
  extras: {
    joinsPerSec?: number | undefined
    stopsWithinMs?: number | undefined
    offlineGrantSec?: number | undefined
    cannotRestart?: boolean | undefined
  } = {},
): NodeReport {
  const { joinsPerSec, stopsWithinMs, offlineGrantSec, cannotRestart } = extras
  const { load, host, startedAtSec } = reading
  const capacity = clampResources(reading.capacity)
  const cpuBusy = clamp(HOST.properties.cpuBusy, host.cpuBusy)
  const memoryLimitBytes = clamp(HOST.properties.memoryLimitBytes, host.memoryLimitBytes)
  return {
    protocol: PROTOCOL_VERSION,
    bootId: boot.bootId,
    seq: boot.seq,
    livekit: {
      ...livekit,
      ...(startedAtSec !== null && {
        startedAtSec: clamp(LIVEKIT.properties.startedAtSec, startedAtSec),
      }),
      ...(cannotRestart && { cannotRestart }),
    },
    ...(stopsWithinMs !== undefined && {
      leaving: { withinSec: Math.ceil(clamp(FIELDS.leaving.properties.withinSec, stopsWithinMs / 1_000)) },
    }),
    ...(offlineGrantSec !== undefined && {
      offlineGrantSec: Math.floor(clamp(FIELDS.offlineGrantSec, offlineGrantSec)),
    }),
    ...(joinsPerSec !== undefined && { joinsPerSec }),
    capacity,
    load: load && {
      ...clampResources(load),
      // A capacity set by the operator may be far below what the host uses.
      cpuCores: clamp(
        CAPACITY.properties.cpuCores,
        Math.min(load.cpuCores, capacity.cpuCores * REPORT_CPU_OVERLOAD_MAX),
      ),
    },
    host: {
      cpuBusy,
      cpuSteal: Math.min(1 - cpuBusy, clamp(HOST.properties.cpuSteal, host.cpuSteal)),
      memoryUsedBytes: Math.min(
        memoryLimitBytes || Number.MAX_SAFE_INTEGER,
        clamp(HOST.properties.memoryUsedBytes, host.memoryUsedBytes),
      ),
      memoryLimitBytes,
    },
  }
}
