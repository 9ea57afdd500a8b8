import type { NodeView, SiteView } from '@levee/control-plane/contract'
import { HEADROOM_SORT_STEPS } from '../tuning.ts'
import { siteStatus, type SiteStatus } from './site-status.ts'

/** Sites that need an operator come first, empty ones last. */
const RANK: Record<SiteStatus, number> = { frozen: 0, closed: 1, silent: 2, full: 3, serving: 4, empty: 5 }

export function worstFirst(sites: readonly SiteView[]): SiteView[] {
  const rows = sites.map((site) => ({
    site,
    rank: RANK[siteStatus(site)],
    free: Math.floor(site.headroom * HEADROOM_SORT_STEPS),
  }))
  return rows
    .toSorted((a, b) => a.rank - b.rank || a.free - b.free || byName(a.site, b.site))
    .map(({ site }) => site)
}

const { compare } = new Intl.Collator('en', { numeric: true })
export const byName = (a: SiteView, b: SiteView) => compare(a.site, b.site)
export const bySiteAndName = (a: NodeView, b: NodeView) => compare(a.site, b.site) || compare(a.node, b.node)

/** Sites with this text in their name. */
export function findSites(sites: readonly SiteView[], text: string): readonly SiteView[] {
  const wanted = text.trim().toLowerCase()
  return wanted ? sites.filter(({ site }) => site.includes(wanted)) : sites
}
