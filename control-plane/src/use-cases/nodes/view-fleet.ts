import type { NodeRecord, NodesStore } from '../../domain/nodes.ts'
import type { SiteRecord, SitesStore } from '../../domain/site-records.ts'
import type { NodeStatus } from '../../domain/node-status.ts'
import { statusOf } from '../../domain/node-status.ts'
import { PLACEMENT } from '../../tuning/placement.ts'

export type NodeSummary = NodeRecord & {
  status: NodeStatus
  /** Shares of capacity, 0 … (1 is full). */
  utilisation: number
  reserved: number
  headroom: number
}

export type SiteSummary = SiteRecord & {
  headroomTracks: number
  headroom: number
}

type Store = Pick<SitesStore & NodesStore, 'readSites' | 'readNodes'>

/** Every site with its sums, which the store keeps up: the cost is that of the sites, not of their nodes. */
export async function viewSites(store: Pick<SitesStore, 'readSites'>): Promise<SiteSummary[]> {
  const sites = await store.readSites()
  return sites.toSorted((a, b) => a.site.localeCompare(b.site)).map(summariseSite)
}

/**
 * Nodes by site and id, at most `limit` from behind `after` (`site/node`); of one site, or of all.
 * `next`: where to go on, null at the end.
 */
export async function viewNodes(
  store: Store,
  page: { site?: string; after?: string; limit: number },
): Promise<{ nodes: NodeSummary[]; next: string | null }> {
  const [afterSite = '', afterNode = ''] = (page.after ?? '').split('/')
  const known = page.site === undefined ? await viewSites(store) : [{ site: page.site }]
  const nodes: NodeSummary[] = []
  for (const { site } of known) {
    if (site.localeCompare(afterSite) < 0) continue
    const after = site === afterSite ? afterNode : ''
    // One more than asked for tells whether there is a next page.
    const rows = await store.readNodes({ site, after, limit: page.limit + 1 - nodes.length })
    nodes.push(...rows.map(summarise))
    if (nodes.length > page.limit) break
  }
  const shown = nodes.slice(0, page.limit)
  const last = shown.at(-1)
  return { nodes: shown, next: nodes.length > shown.length && last ? `${last.site}/${last.node}` : null }
}

function summarise(n: NodeRecord): NodeSummary {
  const utilisation = n.utilisationPpm / 1e6
  const reserved = n.capacityTracks > 0 ? n.reservedTracks / n.capacityTracks : 0
  return {
    ...n,
    status: statusOf(n, PLACEMENT),
    utilisation,
    reserved,
    headroom: Math.max(0, 1 - utilisation - reserved),
  }
}

function summariseSite(site: SiteRecord): SiteSummary {
  const headroomTracks = Math.max(0, site.capacityTracks - site.loadTracks - site.reservedTracks)
  const headroom = site.capacityTracks > 0 ? headroomTracks / site.capacityTracks : 0
  return { ...site, headroomTracks, headroom }
}
