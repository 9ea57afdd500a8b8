import { LRUCache } from 'lru-cache'
import { drawSites, siteFinder } from '../../domain/nearest-site.ts'
import type { SiteRecord, SitesStore } from '../../domain/site-records.ts'
import type { ProbedSite } from '../../protocol/shapes/rooms.ts'
import type { OfflinePolicy } from '../../protocol/shapes/sites.ts'
import { ADDRESSES_REMEMBERED, PROBED_SITES, SPILL_SITES } from '../../tuning/sites.ts'

/** This replica's copy of the sites, at most SITES_REFRESH_MS old. It gives hints: the scripts check the sums again. */
export type SiteDirectory = {
  sites: () => readonly SiteRecord[]
  /** false before the first refresh: no site is known. */
  isRead: () => boolean
  /** Sites for rooms that name none or whose own is full. */
  spillTo: () => string[]
  /** The site whose ranges contain this address; undefined if none does. */
  nearest: (address: string) => string | undefined
  offlinePolicyOf: (site: string) => OfflinePolicy
  /** Sites that a client may measure, likeliest first; empty if there is no choice. */
  sitesToProbe: (likeliest: readonly (string | undefined)[]) => ProbedSite[]
  /**
   * URLs of all nodes; undefined: there are too many to list them. The same array until one of them changes.
   */
  nodeUrls: () => readonly string[] | undefined
  refresh: () => Promise<void>
}

export function createSiteDirectory(store: Pick<SitesStore, 'readSites'>): SiteDirectory {
  let sites: readonly SiteRecord[] = []
  let find = siteFinder([])
  let nodeUrls: readonly string[] | undefined = []
  let ranges = ''
  let isRead = false
  /** '': no site's ranges contain this address. */
  const nearest = new LRUCache<string, string>({ max: ADDRESSES_REMEMBERED })
  let offlinePolicies = new Map<string, OfflinePolicy>()

  return {
    sites: () => sites,
    isRead: () => isRead,
    nodeUrls: () => nodeUrls,
    spillTo: () => drawSites(sites, SPILL_SITES),
    offlinePolicyOf: (site) => offlinePolicies.get(site) ?? 'off',
    nearest(address) {
      if (ranges === '') return undefined
      let site = nearest.get(address)
      if (site === undefined) {
        site = find(address) ?? ''
        nearest.set(address, site)
      }
      return site === '' ? undefined : site
    },
    sitesToProbe(likeliest) {
      const serving = new Map(sites.filter((s) => s.sampleUrl !== '').map((s) => [s.site, s]))
      if (serving.size < 2) return []
      const names = new Set([...likeliest, ...drawSites(sites, PROBED_SITES)])
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
      const urls = urlsOf(sites)
      if (urls?.join(' ') !== nodeUrls?.join(' ')) nodeUrls = urls
      offlinePolicies = new Map(sites.map((s) => [s.site, s.settings.offline ?? 'off']))
      const read = sites.flatMap((s) => s.settings.ranges.map((range) => `${s.site} ${range}`)).join(',')
      if (read === ranges) return
      ranges = read
      find = siteFinder(sites)
      nearest.clear()
    },
  }
}

function urlsOf(sites: readonly SiteRecord[]): readonly string[] | undefined {
  const urls = new Set<string>()
  for (const { nodeUrls } of sites) {
    if (nodeUrls === undefined) return undefined
    for (const url of nodeUrls) urls.add(url)
  }
  return [...urls].toSorted()
}
