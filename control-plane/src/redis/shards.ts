import { LRUCache } from 'lru-cache'
import { shardFrom, shardOfRoom, type RoomId, type Shard } from '../protocol/room-names.ts'
import { NODE_SITES_KEPT } from '../tuning/redis.ts'
import { GLOBAL_SHARD, shardPrefix } from './keys.ts'
import type { PrepareScript } from './scripting/run-scripts.ts'
import { findNode } from './scripts/nodes.ts'
import { readSiteShards } from './scripts/shards.ts'

/** Finds the shard prefix of a site, a node or a room. */
export type Shards = ReturnType<typeof createShards>

/** `isSharded`: on a Cluster each site has a shard of its own; else all sites share one. */
export function createShards(prepare: PrepareScript, isSharded: boolean) {
  const readAll = prepare(readSiteShards)
  const find = prepare(findNode)
  /** One entry per site: at most 1,023, because there are no more shards. */
  const shardsOfSites = new Map<string, Shard>()
  const sitesOfNodes = new LRUCache<string, string>({ max: NODE_SITES_KEPT })

  async function refresh(): Promise<void> {
    for (const [site, number] of (await readAll(GLOBAL_SHARD, {})).sites)
      shardsOfSites.set(site, shardFrom(number))
  }

  /** Undefined for a site that no node has enrolled at. */
  async function shardOfSite(site: string): Promise<Shard | undefined> {
    if (!isSharded) return '' as Shard
    if (!shardsOfSites.has(site)) await refresh()
    return shardsOfSites.get(site)
  }

  async function ofSite(site: string): Promise<string | undefined> {
    const shard = await shardOfSite(site)
    return shard === undefined ? undefined : shardPrefix(shard)
  }

  return {
    isSharded,
    ofSite,
    ofRoom: (roomId: RoomId): string => shardPrefix(shardOfRoom(roomId)),

    /** Undefined when the node is not enrolled. */
    async ofNode(node: string): Promise<string | undefined> {
      if (!isSharded) return GLOBAL_SHARD
      const known = sitesOfNodes.get(node)
      if (known !== undefined) return ofSite(known)
      const found = await find(GLOBAL_SHARD, { node })
      if ('refused' in found) return undefined
      sitesOfNodes.set(node, found.site)
      return ofSite(found.site)
    },

    async all(): Promise<string[]> {
      if (!isSharded) return [GLOBAL_SHARD]
      await refresh()
      return [...shardsOfSites.values()].map(shardPrefix)
    },

    /** The shard for a room that is likely to run at this site; any shard if the site is not known. */
    async shardFor(site: string | undefined): Promise<Shard> {
      if (!isSharded) return '' as Shard
      const named = site === undefined ? undefined : await shardOfSite(site)
      if (named !== undefined) return named
      if (shardsOfSites.size === 0) await refresh()
      const shards = [...shardsOfSites.values()]
      return shards[Math.floor(Math.random() * shards.length)] ?? shardFrom(1)
    },

    /** Records the shard of a site. Returns its prefix if this replica did not know it before. */
    addSite(site: string, number: number): string | undefined {
      if (!isSharded || shardsOfSites.has(site)) return undefined
      const shard = shardFrom(number)
      shardsOfSites.set(site, shard)
      return shardPrefix(shard)
    },
    addNode: (node: string, site: string): void => void sitesOfNodes.set(node, site),
    /** The node may have moved to another site. */
    forgetNode: (node: string): void => void sitesOfNodes.delete(node),
  }
}
