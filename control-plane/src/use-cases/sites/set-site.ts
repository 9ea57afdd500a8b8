import type { SiteSettings, SitesStore } from '../../domain/site-records.ts'
import type { Refusal } from '../../protocol/refusal.ts'
import { isCidr } from '../../domain/nearest-site.ts'
import type { SiteBook } from './site-directory.ts'

/** What an operator says of a site. Unknown fallback sites are taken: they may enrol later. */
export async function setSite(
  store: Pick<SitesStore, 'setSite'>,
  book: Pick<SiteBook, 'refresh'>,
  site: string,
  settings: SiteSettings,
): Promise<'set' | Refusal<'invalid_request' | 'site_not_found'>> {
  const errors = settings.ranges.flatMap((range, i) =>
    isCidr(range) ? [] : [{ field: `/ranges/${i}`, message: 'must be a CIDR range such as 10.2.0.0/16' }],
  )
  if (settings.fallback.includes(site))
    errors.push({ field: '/fallback', message: 'must not name the site itself' })
  if (errors.length > 0) return { refused: 'invalid_request', errors }
  const answer = await store.setSite(site, settings)
  if (answer !== 'set') return { refused: 'site_not_found' }
  // What an operator has set holds here at once, and at the other replicas within their next look.
  await book.refresh()
  return 'set'
}
