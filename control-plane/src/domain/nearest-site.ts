/** Which site is nearest to an address, and which sites a room may go to. */
import { BlockList, isIP, isIPv6 } from 'node:net'
import { freeTracks } from './headroom.ts'
import type { FreeTracks, SiteRecord } from './site-records.ts'

type Range = { site: string; prefix: number; has: (address: string) => boolean }

/** A CIDR range, or undefined if the text is not one. */
function rangeOf(site: string, cidr: string): Range | undefined {
  const [net = '', bits = '', ...rest] = cidr.split('/')
  const family = isIP(net)
  if (family === 0 || rest.length > 0 || !/^\d{1,3}$/.test(bits)) return undefined
  const prefix = Number(bits)
  if (prefix > (family === 6 ? 128 : 32)) return undefined
  const type = family === 6 ? 'ipv6' : 'ipv4'
  const list = new BlockList()
  list.addSubnet(net, prefix, type)
  return {
    site,
    // An IPv4 range is as narrow as the IPv6 range that holds the mapped addresses.
    prefix: family === 6 ? prefix : prefix + 96,
    has: (address) => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4'),
  }
}

export const isCidr = (text: string): boolean => rangeOf('', text) !== undefined

/** The site whose range contains an address, the longest if several do; undefined if none does. */
export function siteFinder(sites: readonly Pick<SiteRecord, 'site' | 'settings'>[]) {
  const ranges = sites
    .flatMap(({ site, settings }) => settings.ranges.map((cidr) => rangeOf(site, cidr)))
    .filter((range) => range !== undefined)
    .toSorted((a, b) => b.prefix - a.prefix)
  return (address: string): string | undefined => {
    // Dual-stack sockets report IPv4 addresses in this form.
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
    return isIP(plain) === 0 ? undefined : ranges.find((range) => range.has(plain))?.site
  }
}

/** Tracks that each site can take over from other sites. */
export const freeBySite = (sites: readonly SiteRecord[], limits: { joinCapPpm: number }): FreeTracks =>
  sites.map((s) => ({
    site: s.site,
    tracks: Math.max(0, (s.capacityTracks * limits.joinCapPpm) / 1e6 - s.loadTracks - s.reservedTracks),
  }))

/**
 * Up to `count` sites with serving nodes, drawn at random in proportion to their headroom: if all replicas chose the site
 * that was emptiest a second ago, they would fill it.
 */
export function drawSites(sites: readonly SiteRecord[], count: number, random = Math.random): string[] {
  return sites
    .filter((s) => s.serving > 0)
    .map((s) => ({ site: s.site, key: Math.log(1 - random()) / (freeTracks(s) + 1) }))
    .toSorted((a, b) => b.key - a.key)
    .slice(0, count)
    .map(({ site }) => site)
}
