import type { SitesStore } from '../../domain/site-records.ts'
import type { Refusal } from '../../protocol/refusal.ts'
import type { SiteBook } from './site-directory.ts'

/** Begins, or lets go on, the ordered restart of a site's nodes. Its steps are taken by whoever sweeps (sweep-sites.ts). */
export async function beginRestart(
  store: Pick<SitesStore, 'beginRestart'>,
  book: Pick<SiteBook, 'refresh'>,
  site: string,
): Promise<'begun' | 'goes_on' | Refusal<'site_not_found'>> {
  const answer = await store.beginRestart(site)
  if (answer === 'unknown') return { refused: 'site_not_found' }
  await book.refresh()
  return answer
}

/** No further node is restarted; one whose LiveKit is just being restarted comes back first. */
export async function stopRestart(
  store: Pick<SitesStore, 'stopRestart'>,
  site: string,
): Promise<'stopped' | 'finishes' | Refusal<'site_not_found'>> {
  const answer = await store.stopRestart(site)
  return answer === 'unknown' ? { refused: 'site_not_found' } : answer
}
