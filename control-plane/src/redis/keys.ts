/**
 * Every Redis key and every hash field, defined once: the key functions of the scripts and docs/redis-keys.md come from
 * this table, and a test compares it with what the scripts read and write.
 *
 * All keys that a script touches begin with one shard prefix, KEYS[1], whose hash tag puts them into one slot. A single
 * Redis has one shard, `{lv}`, for all sites. A Cluster has `{lv}` for data of all sites and one shard per site,
 * `{lv01}` … `{lvzz}`; the record of a room is in the shard that the first letters of its id name.
 */
import type { Shard } from '../protocol/room-names.ts'
import type { KeyKind } from './keys/key-kind.ts'
import { NODE_KEYS } from './keys/nodes.ts'
import { OPERATOR_KEYS } from './keys/operators.ts'
import { ROOM_KEYS } from './keys/rooms.ts'
import { SHARD_KEYS } from './keys/shards.ts'
import { SITE_KEYS } from './keys/sites.ts'

export const KEYS = { ...ROOM_KEYS, ...NODE_KEYS, ...SITE_KEYS, ...SHARD_KEYS, ...OPERATOR_KEYS }

/** The shard for data of all sites. */
export const GLOBAL_SHARD = '{lv}'

/** KEYS[1] for everything in a shard. */
export const shardPrefix = (shard: Shard): string => `{lv${shard}}`

/** Lua definitions of the key functions that a source uses, such as `roomKey(roomId)` and `metaKey`. */
export function keyFunctions(source: string): string {
  const used = new Set([...source.matchAll(/\b(\w+)Key\b/g)].map(([, kind = '']) => kind))
  return Object.entries<KeyKind>(KEYS)
    .filter(([kind]) => used.has(kind))
    .map(([kind, { name, of }]) =>
      of === undefined
        ? `local ${kind}Key = shardPrefix .. ':${name}'`
        : `local function ${kind}Key(${of}) return shardPrefix .. ':${name}:' .. ${of} end`,
    )
    .join('\n')
}
