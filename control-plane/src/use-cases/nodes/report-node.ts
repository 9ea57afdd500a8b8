import type { Resources } from '../../protocol/resources.ts'
import { utilisationPpm } from '../../protocol/resources.ts'
import { impossibleFields } from '../../domain/capacity.ts'
import type { OfflinePolicy, SitesStore } from '../../domain/site-records.ts'
import type { NodeOrder, NodesStore, RoomReading, RoomsReading } from '../../domain/nodes.ts'
import type { Refusal } from '../../protocol/refusal.ts'
import type { OfflineGrant } from '../../protocol/tickets.ts'
import { OFFLINE_GRANT_RENEW_SEC, JOINS_PER_SEC_PER_CORE } from '../../protocol/limits.ts'

export type ReportInput = {
  bootId: string
  seq: number
  livekit: {
    up: boolean
    rooms: RoomReading[] | null
    startedAtSec?: number
    cannotRestart?: boolean
    since?: number
    gone?: string[]
    totals?: { rooms: number; participants: number }
  }
  joinsPerSec?: number
  leaving?: { withinSec: number }
  offlineGrantSec?: number
  capacity: Resources
  load: Resources | null
  host: { cpuBusy: number; cpuSteal: number; memoryUsedBytes: number; memoryLimitBytes: number }
}

/** Takes in a report. What the node could not read (null) keeps its last value: missing data is not zero. */
export async function reportNode(
  deps: {
    store: Pick<NodesStore & SitesStore, 'reportNode' | 'shardFor'>
    hash: (secret: string) => string
    /** Whether a node can be reached from here is found out once, while all is well. */
    firstReach: { wants: (node: string) => boolean; hear: (node: string, url: string) => void }
    /** What the nodes of a site may do while they are cut off. */
    offlinePolicyOf: (site: string) => OfflinePolicy
    signGrant: (grant: OfflineGrant) => string
  },
  input: { node: string; secret: string; report: ReportInput },
): Promise<(NodeOrder & { offlineGrant?: string }) | Refusal<'impossible_report' | 'node_unauthorized'>> {
  const { report } = input
  const faults = [...impossibleFields(report), ...impossibleRooms(report)]
  if (faults.length > 0) return { refused: 'impossible_report', errors: faults }
  const wantsUrl = report.livekit.up && deps.firstReach.wants(input.node)
  const order = await deps.store.reportNode({
    node: input.node,
    secretHash: deps.hash(input.secret),
    bootId: report.bootId,
    seq: report.seq,
    up: report.livekit.up,
    utilisationPpm: report.load ? utilisationPpm(report.load, report.capacity) : null,
    capacityTracks: report.capacity.tracks,
    joinsPerSec: report.joinsPerSec ?? report.capacity.cpuCores * JOINS_PER_SEC_PER_CORE,
    wantsUrl,
    ...(report.leaving && { staysMs: report.leaving.withinSec * 1000 }),
    details: {
      capacity: report.capacity,
      load: report.load,
      cpuBusy: report.host.cpuBusy,
      cpuSteal: report.host.cpuSteal,
    },
    rooms: roomsOf(report.livekit),
    startedAtSec: report.livekit.startedAtSec,
    cannotRestart: report.livekit.cannotRestart,
  })
  if ('refused' in order) return order
  if (wantsUrl) deps.firstReach.hear(input.node, order.unreachedUrl)
  // While the site may be alone, its agents have rules that hold for hours, before they need them.
  const { site } = order
  const may = deps.offlinePolicyOf(site)
  if (may === 'off' || (report.offlineGrantSec ?? 0) > OFFLINE_GRANT_RENEW_SEC) return order
  const shard = await deps.store.shardFor(site)
  return { ...order, offlineGrant: deps.signGrant({ node: input.node, site, shard, may }) }
}

function roomsOf({ rooms, since, gone, totals }: ReportInput['livekit']): RoomsReading | null {
  if (!rooms) return null
  if (since !== undefined) return { since, changed: rooms, gone: gone ?? [], ...(totals ?? NOBODY) }
  const participants = rooms.reduce((sum, room) => sum + room.participants, 0)
  return { since: 0, changed: rooms, gone: [], rooms: rooms.length, participants }
}
const NOBODY = { rooms: 0, participants: 0 }

function impossibleRooms({ seq, livekit }: ReportInput): { field: string; message: string }[] {
  const { rooms, since, totals } = livekit
  if (since === undefined) return []
  if (since >= seq) return [{ field: '/livekit/since', message: 'must be an earlier report' }]
  if (!totals) return [{ field: '/livekit/totals', message: 'must come with since' }]
  if (rooms && rooms.length > totals.rooms)
    return [{ field: '/livekit/totals/rooms', message: 'is less than the rooms listed' }]
  return []
}
