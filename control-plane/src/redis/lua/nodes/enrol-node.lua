-- Writes or updates the record of a node whose claim was accepted.
-- Arguments
--   KEYS[1]: shard prefix
--   node: text
--   site: text
--   zone: text, failure domain; empty: its own
--   credentials: text, URL, API key, sealed secret and agent version, one per line
--   secretHash: text
-- Answers
--   enrolled
-- This header is generated from the definition of the script in redis/scripts.

local key = nodeKey(node)
redis.call('SET', credentialsKey(node), credentials)
-- The fields that placing needs come first in the record: Redis looks fields up one by one (lib/node.lua).
if redis.call('EXISTS', key) == 0 then
  redis.call('HSET', key, 'site', site, 'state', 'serving', 'up', 0, 'seenMs', 0, 'utilisationPpm', 0, 'capacityTracks', 0,
    'reservedTracks', 0, 'joinsPerSecMax', 0, 'joinsInSecond', 0, 'eligible', 0, 'standbyTracks', 0, 'upSinceMs', 0)
end
redis.call('HSET', key, 'site', site, 'zone', zone, 'secretHash', secretHash)
-- The next report says which start of the agent it is from (nodes/report-nodes.lua).
redis.call('HDEL', key, 'bootId', 'lastBootId', 'seq', 'roomsSeq', 'reached')
redis.call('ZADD', lastReportsKey(site), 'NX', 0, node)
redis.call('ZADD', nodeIdsKey(site), 'NX', 0, node)
redis.call('SADD', sitesKey, site)
redis.call('HSETNX', siteKey(site), 'boundary', 'soft')
return answer.enrolled {}
