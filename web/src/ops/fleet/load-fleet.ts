import type { NodeView } from '@levee/control-plane/contract'
import { viewFleet, viewNodes, viewSites, type Answer } from '../../api/client.ts'
import type { FleetData, FleetRequest } from './fleet-state.ts'

export async function loadFleet(request: FleetRequest): Promise<Answer<FleetData>> {
  if (request.kind === 'fleet') return viewFleet()
  if (request.kind === 'sites') {
    const sites = await viewSites()
    return sites.ok ? { ok: true, value: { sites: sites.value } } : sites
  }
  const [sites, nodes] = await Promise.all([viewSites(), loadNodes(request.site, request.nodePages)])
  if (!sites.ok) return sites
  return nodes.ok ? { ok: true, value: { sites: sites.value, ...nodes.value } } : nodes
}

async function loadNodes(
  site: string,
  pages: number,
): Promise<Answer<{ nodes: NodeView[]; hasMoreNodes: boolean }>> {
  const nodes: NodeView[] = []
  let after: string | undefined
  for (let i = 0; i < pages; i++) {
    const page = await viewNodes(site, after)
    if (!page.ok) return page
    nodes.push(...page.value.nodes)
    after = page.value.next ?? undefined
    if (after === undefined) break
  }
  return { ok: true, value: { nodes, hasMoreNodes: after !== undefined } }
}
