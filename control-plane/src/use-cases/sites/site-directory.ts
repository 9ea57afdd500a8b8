import { LRUCache } from 'lru-cache'
import type { OfflinePolicy, SiteRecord, SitesStore } from '../../domain/site-records.ts'
import { drawSites, siteFinder } from '../../domain/nearest-site.ts'
import { ADDRESSES_REMEMBERED, PROBED_SITES, SPILL_SITES } from '../../tuning/sites.ts'

/** This replica's picture of the sites, at most `refreshMs` old. What it says is a hint: scripts check again. */
export type SiteBook = {
  sites: () => readonly SiteRecord[]
  /** false: nothing is known of any site yet. */
  isRead: () => boolean
  /** Sites for rooms that name none or whose own is full. */
  spillTo: () => string[]
  nearest: (address: string) => string | undefined
  /** What the nodes of a site may do while they are cut off. */
  offlinePolicyOf: (site: string) => OfflinePolicy
  /** What a client may measure, likeliest first; empty where there is nothing to choose. */
  worthProbing: (first: readonly (string | undefined)[]) => { site: string; probeUrl: string }[]
  refresh: () => Promise<void>
}

export function createSiteBook(store: Pick<SitesStore, 'readSites'>): SiteBook {
  let sites: readonly SiteRecord[] = []
  let find = siteFinder([])
  let settings = ''
  let isRead = false
  /** '': no site claims this address. */
  const nearest = new LRUCache<string, string>({ max: ADDRESSES_REMEMBERED })
  let offlinePolicies = new Map<string, OfflinePolicy>()

  return {
    sites: () => sites,
    isRead: () => isRead,
    spillTo: () => drawSites(sites, SPILL_SITES),
    offlinePolicyOf: (site) => offlinePolicies.get(site) ?? 'off',
    nearest(address) {
      if (settings === '') return undefined
      let site = nearest.get(address)
      if (site === undefined) {
        site = find(address) ?? ''
        nearest.set(address, site)
      }
      return site === '' ? undefined : site
    },
    worthProbing(first) {
      const serving = new Map(sites.filter((s) => s.sampleUrl !== '').map((s) => [s.site, s]))
      if (serving.size < 2) return []
      const names = new Set([...first, ...drawSites(sites, PROBED_SITES)])
      return [...names]
        .flatMap((name) => serving.get(name ?? '') ?? [])
        .slice(0, PROBED_SITES)
        .map(({ site, sampleUrl }) => ({
          site,
          probeUrl: `${sampleUrl.replace(/^ws/, 'http').replace(/\/$/, '')}/`,
        }))
    },
    async refresh() {
      sites = await store.readSites()
      isRead = true
      offlinePolicies = new Map(sites.map((s) => [s.site, s.settings.offline ?? 'off']))
      const now = sites.flatMap((s) => s.settings.ranges.map((range) => `${s.site} ${range}`)).join(',')
      if (now === settings) return
      settings = now
      find = siteFinder(sites)
      nearest.clear()
    },
  }
}
