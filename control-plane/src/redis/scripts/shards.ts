/** Scripts that concern a whole shard. */
import { defineScript } from '../scripting/define-script.ts'
import { about, int, pairs, text } from '../scripting/types.ts'

export const readSiteShards = defineScript({
  file: 'shards/read-site-shards',
  purpose: 'The shards of all sites that have one of their own.',
  args: {},
  returns: { shards: { sites: about('number by site', pairs(int)) } },
})

export const registerReplica = defineScript({
  file: 'shards/register-replica',
  purpose:
    'The first call of a replica to a Redis process that is new to it: it sends its write clock. A process that was started or promoted may have lost writes, so for a moment no room gets a new node.',
  writeClock: true,
  args: { processId: text },
  returns: { registered: {} },
})
