import type { SitesStore } from '../../domain/site-records.ts'
import type { Refusal } from '../../protocol/problems/refusal.ts'
import type { SiteDirectory } from './site-directory.ts'

export type RestartSiteDeps = {
  sites: Pick<SitesStore, 'beginRestart' | 'stopRestart'>
  directory: Pick<SiteDirectory, 'refresh'>
}

/** Begins, or continues, the ordered restart of a site's nodes. Its steps are taken in sweep-sites.ts. */
export async function beginRestart(
  deps: RestartSiteDeps,
  site: string,
): Promise<'begun' | 'goes_on' | Refusal<'site_not_found'>> {
  const answer = await deps.sites.beginRestart(site)
  if (typeof answer !== 'string') return answer
  await deps.directory.refresh()
  return answer
}

/** No further node is restarted; a node whose LiveKit is being restarted comes back first. */
export async function stopRestart(
  deps: RestartSiteDeps,
  site: string,
): Promise<'stopped' | 'finishes' | Refusal<'site_not_found'>> {
  return deps.sites.stopRestart(site)
}
