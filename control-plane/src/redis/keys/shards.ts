/** Keys of a whole shard, and of data for all shards. */
import { ms, number, text, type KeyKind } from './key-kind.ts'

export const SHARD_KEYS = {
  standbyLevels: {
    name: 'standby-levels',
    type: 'hash',
    about: 'Standby levels that operators have set for tenants; the same in every shard.',
    entries: 'tenant → `off`, `warm` or `sound`',
  },
  meta: {
    name: 'meta',
    type: 'hash',
    about: 'How a Redis that has lost writes is recognised (lib/write-clock.lua).',
    fields: {
      writeClock: number('acknowledged writes'),
      epochSkip: number('added to new epochs; grows each time that writes were lost'),
      writesLostMs: ms('when lost writes were last noticed'),
      processId: text('run id of the Redis process'),
      warmingUpMs: ms('when a process with older data was first seen'),
      createdMs: ms('when this data was first seen'),
    },
  },
  nodeIndex: {
    name: 'node-index',
    type: 'hash',
    about: 'Owner and site of every node. In the shard `{lv}` only.',
    entries: 'node → `<secretHash> <site>`',
  },
  removedNodes: {
    name: 'removed-nodes',
    type: 'hash',
    about: 'Nodes that operators have removed. In the shard `{lv}` only.',
    entries: 'node → `<ms> <secretHash>`',
  },
  siteShards: {
    name: 'site-shards',
    type: 'hash',
    about: 'Shard of every site on a Cluster. In the shard `{lv}` only.',
    entries: 'site → number',
  },
} as const satisfies Readonly<Record<string, KeyKind>>
