import { isCidr } from '../../domain/nearest-site.ts'
import type { SitesStore } from '../../domain/site-records.ts'
import type { Refusal } from '../../protocol/problems/refusal.ts'
import type { SiteSettings } from '../../protocol/shapes/sites.ts'
import type { SiteDirectory } from './site-directory.ts'

export type SetSiteDeps = {
  sites: Pick<SitesStore, 'setSite'>
  directory: Pick<SiteDirectory, 'refresh'>
}

/** The settings of a site. Fallback sites that are not known are accepted: they may enrol later. */
export async function setSite(
  deps: SetSiteDeps,
  site: string,
  settings: SiteSettings,
): Promise<'set' | Refusal<'invalid_request' | 'site_not_found'>> {
  const errors = settings.ranges.flatMap((range, i) =>
    isCidr(range) ? [] : [{ field: `/ranges/${i}`, message: 'must be a CIDR range such as 10.2.0.0/16' }],
  )
  if (settings.fallback.includes(site))
    errors.push({ field: '/fallback', message: 'must not name the site itself' })
  if (errors.length > 0) return { refused: 'invalid_request', errors }
  const answer = await deps.sites.setSite(site, settings)
  if (answer !== 'set') return answer
  // The setting applies here at once, and at the other replicas when they next refresh.
  await deps.directory.refresh()
  return 'set'
}
