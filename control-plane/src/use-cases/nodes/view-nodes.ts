import { summariseNode, type NodeSummary } from '../../domain/headroom.ts'
import type { NodesStore } from '../../domain/nodes.ts'
import type { SitesStore } from '../../domain/site-records.ts'
import { PLACEMENT } from '../../tuning/placement.ts'

export type { NodeSummary } from '../../domain/headroom.ts'

export type ViewNodesDeps = {
  nodes: Pick<NodesStore, 'readNodes'>
  sites: Pick<SitesStore, 'readSites'>
}

/**
 * Nodes by site and id, at most `limit` after `after` (`site/node`); of one site, or of all. `next`: where the next page
 * begins, null at the end.
 */
export async function viewNodes(
  deps: ViewNodesDeps,
  page: { site?: string; after?: string; limit: number },
): Promise<{ nodes: NodeSummary[]; next: string | null }> {
  const [afterSite = '', afterNode = ''] = (page.after ?? '').split('/')
  const sites = page.site === undefined ? await siteNames(deps) : [page.site]
  const nodes: NodeSummary[] = []
  for (const site of sites) {
    if (site.localeCompare(afterSite) < 0) continue
    const after = site === afterSite ? afterNode : ''
    // One more than requested shows whether there is a next page.
    const records = await deps.nodes.readNodes({ site, after, limit: page.limit + 1 - nodes.length })
    nodes.push(...records.map((record) => summariseNode(record, PLACEMENT)))
    if (nodes.length > page.limit) break
  }
  const shown = nodes.slice(0, page.limit)
  const last = shown.at(-1)
  return { nodes: shown, next: nodes.length > shown.length && last ? `${last.site}/${last.node}` : null }
}

async function siteNames(deps: Pick<ViewNodesDeps, 'sites'>): Promise<string[]> {
  const sites = await deps.sites.readSites()
  return sites.map(({ site }) => site).toSorted((a, b) => a.localeCompare(b))
}
