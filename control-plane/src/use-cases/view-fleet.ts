import type { NodeRecord, FleetStore } from '../domain/placement.ts'
import type { NodeStatus } from '../domain/node.ts'
import { statusOf } from '../domain/node.ts'
import { DEAD_AFTER_MS, SUSPECT_AFTER_MS } from '../limits.ts'

export type NodeSummary = NodeRecord & {
  status: NodeStatus
  /** Shares of capacity, 0 … (1 is full). */
  utilisation: number
  reserved: number
  headroom: number
}

export type SiteSummary = {
  site: string
  nodes: number
  serving: number
  rooms: number
  participants: number
  capacityTracks: number
  headroomTracks: number
  headroom: number
}

export type Fleet = { sites: SiteSummary[]; nodes: NodeSummary[] }

/** Every node and site with its headroom. Headroom counts only nodes that would take a new room now. */
export async function viewFleet(store: Pick<FleetStore, 'readFleet'>): Promise<Fleet> {
  const nodes = (await store.readFleet()).map(summarise)
  nodes.sort((a, b) => a.site.localeCompare(b.site) || a.node.localeCompare(b.node))
  const sites = new Map<string, SiteSummary>()
  for (const n of nodes) {
    const s = sites.get(n.site) ?? emptySite(n.site)
    sites.set(n.site, s)
    s.nodes += 1
    s.rooms += n.rooms
    s.participants += n.participants
    if (n.status !== 'serving') continue
    s.serving += 1
    s.capacityTracks += n.capacityTracks
    s.headroomTracks += n.headroom * n.capacityTracks
  }
  for (const s of sites.values()) {
    s.headroomTracks = Math.round(s.headroomTracks)
    s.headroom = s.capacityTracks > 0 ? s.headroomTracks / s.capacityTracks : 0
  }
  return { sites: [...sites.values()], nodes }
}

function summarise(n: NodeRecord): NodeSummary {
  const utilisation = n.utilisationPpm / 1e6
  const reserved = n.capacityTracks > 0 ? n.reservedTracks / n.capacityTracks : 0
  return {
    ...n,
    status: statusOf(n, { suspectAfterMs: SUSPECT_AFTER_MS, deadAfterMs: DEAD_AFTER_MS }),
    utilisation,
    reserved,
    headroom: Math.max(0, 1 - utilisation - reserved),
  }
}

function emptySite(site: string): SiteSummary {
  return {
    site,
    nodes: 0,
    serving: 0,
    rooms: 0,
    participants: 0,
    capacityTracks: 0,
    headroomTracks: 0,
    headroom: 0,
  }
}
