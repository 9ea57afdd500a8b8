/** Maps a report from its wire shape to the value of the domain. Nothing else does. */
import type { NodeReport } from '../contract/index.ts'
import { JOINS_PER_SEC_PER_CORE, REPORT_CPU_OVERLOAD_MAX } from '../protocol/limits.ts'
import type { FieldFault } from '../protocol/problems/refusal.ts'
import { plausibleCapacity, roomsPossible, utilisationPpm } from '../protocol/resources.ts'
import type { Reading } from '../use-cases/nodes/report-node.ts'

export function readingOf({
  bootId,
  seq,
  livekit,
  leaving,
  joinsPerSec,
  capacity,
  load,
  host,
}: NodeReport): Reading {
  const believed = plausibleCapacity(capacity)
  return {
    bootId,
    seq,
    up: livekit.up,
    utilisationPpm: load ? utilisationPpm(load, believed) : null,
    capacityTracks: believed.tracks,
    joinsPerSec: joinsPerSec ?? believed.cpuCores * JOINS_PER_SEC_PER_CORE,
    ...(leaving && { staysMs: leaving.withinSec * 1000 }),
    details: { capacity, load, cpuBusy: host.cpuBusy, cpuSteal: host.cpuSteal },
    rooms: roomsOf(livekit),
    startedAtSec: livekit.startedAtSec,
    cannotRestart: livekit.cannotRestart,
  }
}

function roomsOf({ rooms, since, gone = [], totals }: NodeReport['livekit']): Reading['rooms'] {
  if (!rooms) return null
  if (since !== undefined)
    return { since, changed: rooms, gone, rooms: totals?.rooms ?? 0, participants: totals?.participants ?? 0 }
  const participants = rooms.reduce((sum, room) => sum + room.participants, 0)
  return { since: 0, changed: rooms, gone: [], rooms: rooms.length, participants }
}

/** Fields that contradict each other, which the schema cannot tell; empty when the report can be true. */
export function impossibleFields({ seq, livekit, capacity, load, host }: NodeReport): FieldFault[] {
  const faults: FieldFault[] = []
  const fault = (field: string, message: string) => void faults.push({ field, message })
  if (capacity.tracks < 1) fault('/capacity/tracks', 'must be at least 1')
  if (capacity.cpuCores <= 0) fault('/capacity/cpuCores', 'must be above 0')
  if (load && load.cpuCores > capacity.cpuCores * REPORT_CPU_OVERLOAD_MAX)
    fault('/load/cpuCores', 'is more than ten times the capacity')
  if (host.memoryLimitBytes > 0 && host.memoryUsedBytes > host.memoryLimitBytes * 2)
    fault('/host/memoryUsedBytes', 'is more than twice the limit')
  if (host.cpuBusy + host.cpuSteal > 1.01) fault('/host/cpuSteal', 'busy and steal together exceed 1')
  const { rooms, since, totals, gone } = livekit
  const most = roomsPossible(capacity)
  if ((rooms?.length ?? 0) > most) fault('/livekit/rooms', 'are more than a node of this capacity can carry')
  if ((gone?.length ?? 0) > most) fault('/livekit/gone', 'are more than a node of this capacity can carry')
  if (since === undefined) return faults
  if (since >= seq) fault('/livekit/since', 'must be an earlier report')
  else if (!totals) fault('/livekit/totals', 'must come with since')
  else if (rooms && rooms.length > totals.rooms)
    fault('/livekit/totals/rooms', 'is less than the rooms listed')
  return faults
}
