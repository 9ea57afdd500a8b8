import type { Resources } from '../domain/capacity.ts'
import { impossibleFields, utilisationPpm } from '../domain/capacity.ts'
import type { FleetStore, NodeState } from '../domain/placement.ts'
import type { Refusal } from '../domain/refusal.ts'

export type ReportInput = {
  bootId: string
  seq: number
  livekit: { up: boolean; rooms: { name: string; participants: number; tracks: number }[] | null }
  capacity: Resources
  load: Resources | null
  host: { cpuBusy: number; cpuSteal: number; memoryUsedBytes: number; memoryLimitBytes: number }
}

/** Takes in a report. What the node could not read (null) keeps its last value: missing data is not zero. */
export async function reportNode(
  store: Pick<FleetStore, 'reportNode'>,
  hash: (secret: string) => string,
  input: { node: string; secret: string; report: ReportInput },
): Promise<{ state: NodeState; drop: string[] } | Refusal<'impossible_report' | 'node_unauthorized'>> {
  const { report } = input
  const faults = impossibleFields(report)
  if (faults.length > 0) return { refused: 'impossible_report', errors: faults }
  return store.reportNode({
    node: input.node,
    secretHash: hash(input.secret),
    bootId: report.bootId,
    seq: report.seq,
    up: report.livekit.up,
    utilisationPpm: report.load ? utilisationPpm(report.load, report.capacity) : null,
    capacityTracks: report.capacity.tracks,
    details: {
      capacity: report.capacity,
      load: report.load,
      cpuBusy: report.host.cpuBusy,
      cpuSteal: report.host.cpuSteal,
    },
    rooms: report.livekit.rooms,
  })
}
