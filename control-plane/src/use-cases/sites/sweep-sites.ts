import { freeBySite } from '../../domain/nearest-site.ts'
import type { RestartStep, SitesStore } from '../../domain/site-records.ts'
import { PLACEMENT } from '../../tuning/placement.ts'
import { SITES_REFRESH_MS } from '../../tuning/sites.ts'
import type { SiteDirectory } from './site-directory.ts'

export type SweepSitesDeps = {
  sites: Pick<SitesStore, 'sweepSite' | 'stepRestart'>
  directory: Pick<SiteDirectory, 'refresh' | 'sites'>
  /**
   * `silenced`: nodes that fell silent and get no new rooms; `dead`: nodes that were given up; `correctedTracks`:
   * reserved tracks that no reservation explained.
   */
  swept: (site: string, found: { silenced: number; dead: number; correctedTracks: number }) => void
  stepped: (site: string, step: RestartStep) => void
}

/**
 * One turn: refreshes the directory, sweeps the sites and takes the steps of ordered restarts. Every replica does this;
 * the store lets one sweep per sweepMs through, and takes each step once. Returns the pause before the next turn.
 */
export async function sweepSites(deps: SweepSitesDeps): Promise<number> {
  const { sites, directory } = deps
  await directory.refresh()
  for (const { site, restart } of directory.sites()) {
    const found = await sites.sweepSite(site)
    if (found !== 'idle') deps.swept(site, found)
    if (!restart || restart.state === 'done') continue
    const step = await sites.stepRestart(site, freeBySite(directory.sites(), PLACEMENT))
    if (step !== 'idle') deps.stepped(site, step)
  }
  return SITES_REFRESH_MS
}
