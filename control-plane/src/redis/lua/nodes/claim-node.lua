-- Gives a node id one owner and one site over all shards.
-- Arguments
--   KEYS[1]: shard prefix
--   node: text
--   site: text
--   secretHash: text
--   isSharded: flag, give the site a shard of its own
-- Answers
--   claimed
--     siteBefore: text?, site where it was enrolled until now, if another one
--     shard: number, number of the site’s shard; 0: there is only one
--   node_id_taken
--   node_removed
-- This header is generated from the definition of the script in redis/scripts.

if redis.call('HGET', removedNodesKey, node) then return answer.node_removed {} end
local owner, before = string.match(redis.call('HGET', nodeIndexKey, node) or '', '^(%S+) (%S+)$')
if owner and owner ~= secretHash then return answer.node_id_taken {} end
redis.call('HSET', nodeIndexKey, node, secretHash .. ' ' .. site)
local number = 0
if isSharded then
  number = tonumber(redis.call('HGET', siteShardsKey, site) or 0)
  if number == 0 then
    number = redis.call('HLEN', siteShardsKey) + 1
    redis.call('HSET', siteShardsKey, site, number)
  end
end
return answer.claimed { siteBefore = before ~= site and before, shard = number }
