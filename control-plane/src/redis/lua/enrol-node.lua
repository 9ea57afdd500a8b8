-- Purpose: make a node known, or update one that proves with its secret that it is the same.
-- @include keys
-- KEYS[1] root
-- ARGV 1 node, 2 site, 3 url, 4 apiKey, 5 sealedSecret, 6 secretHash, 7 agentVersion
-- Returns 'enrolled' | 'taken'
local node, site = ARGV[1], ARGV[2]
local key = nodeKey(node)
local before = redis.call('HMGET', key, 'secretHash', 'site')
if before[1] and before[1] ~= ARGV[6] then return 'taken' end
if before[2] and before[2] ~= site then redis.call('SREM', eligibleKey(before[2]), node) end
redis.call('HSET', key, 'site', site, 'url', ARGV[3], 'apiKey', ARGV[4], 'sealedSecret', ARGV[5], 'secretHash', ARGV[6],
  'agentVersion', ARGV[7])
if not before[1] then
  redis.call('HSET', key, 'state', 'serving', 'up', '0', 'utilPpm', 0, 'capTracks', 0, 'reservedTracks', 0)
end
redis.call('ZADD', nodesKey, 'NX', 0, node)
redis.call('SADD', sitesKey, site)
return 'enrolled'
