import { summariseSite, type SiteSummary } from '../../domain/headroom.ts'
import type { SitesStore } from '../../domain/site-records.ts'

export type ViewSitesDeps = { sites: Pick<SitesStore, 'readSites'> }

/** Every site with its sums, by name. The store keeps the sums: the cost is that of the sites, not of their nodes. */
export async function viewSites(deps: ViewSitesDeps): Promise<SiteSummary[]> {
  const sites = await deps.sites.readSites()
  return sites.toSorted((a, b) => a.site.localeCompare(b.site)).map(summariseSite)
}
