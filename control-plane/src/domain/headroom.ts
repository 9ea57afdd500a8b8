/** Shares of capacity that operators see. */
import type { NodeStatus } from '../protocol/shapes/nodes.ts'
import { statusOf } from './node-status.ts'
import type { NodeRecord } from './nodes.ts'
import type { SiteRecord } from './site-records.ts'

/** Shares of the node's capacity: 1 is full. */
export type NodeSummary = NodeRecord & {
  status: NodeStatus
  utilisation: number
  reserved: number
  headroom: number
}

/** `headroom`: share of the capacity of the serving nodes. */
export type SiteSummary = SiteRecord & { headroomTracks: number; headroom: number }

export function summariseNode(node: NodeRecord, limits: Parameters<typeof statusOf>[1]): NodeSummary {
  const utilisation = node.utilisationPpm / 1e6
  const reserved = node.capacityTracks > 0 ? node.reservedTracks / node.capacityTracks : 0
  return {
    ...node,
    status: statusOf(node, limits),
    utilisation,
    reserved,
    headroom: Math.max(0, 1 - utilisation - reserved),
  }
}

export function summariseSite(site: SiteRecord): SiteSummary {
  const headroomTracks = freeTracks(site)
  return {
    ...site,
    headroomTracks,
    headroom: site.capacityTracks > 0 ? headroomTracks / site.capacityTracks : 0,
  }
}

export const freeTracks = (site: SiteRecord): number =>
  Math.max(0, site.capacityTracks - site.loadTracks - site.reservedTracks)
