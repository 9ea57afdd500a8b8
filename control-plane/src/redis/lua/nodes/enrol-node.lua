-- Purpose: make a node known at its site, or update one whose claim was proven.
-- @include keys
-- KEYS[1] root
-- ARGV 1 node, 2 site, 3 zone or '', 4 card, 5 secretHash
-- Returns 'enrolled'
local node, site = ARGV[1], ARGV[2]
local key = nodeKey(node)
redis.call('SET', cardKey(node), ARGV[4])
-- What placing needs stands first in the record: Redis looks fields up one by one (lib/node.lua).
if redis.call('EXISTS', key) == 0 then
  redis.call('HSET', key, 'site', site, 'state', 'serving', 'up', 0, 'seenMs', 0, 'utilPpm', 0, 'capTracks', 0,
    'resTracks', 0, 'joinsCap', 0, 'joins', 0, 'eligible', 0, 'standbyTracks', 0, 'upSinceMs', 0)
end
redis.call('HSET', key, 'site', site, 'zone', ARGV[3], 'secretHash', ARGV[5])
-- The next report says which boot it is (report-nodes).
redis.call('HDEL', key, 'bootId', 'lastBootId', 'seq', 'roomsSeq', 'reached')
redis.call('ZADD', seenKey(site), 'NX', 0, node)
redis.call('ZADD', namesKey(site), 'NX', 0, node)
redis.call('SADD', sitesKey, site)
redis.call('HSETNX', siteKey(site), 'boundary', 'soft')
return 'enrolled'
