-- Takes the id of a node from its owner, for good. Its record is deleted next, in the shard of its site.
-- Arguments
--   KEYS[1]: shard prefix
--   node: text
-- Answers
--   removed
--     site: text
--   node_not_found
-- This header is generated from the definition of the script in redis/scripts.

-- @include lib/clock
local secretHash, site = string.match(redis.call('HGET', nodeIndexKey, node) or '', '^(%S+) (%S+)$')
if not site then return answer.node_not_found {} end
redis.call('HSET', removedNodesKey, node, string.format('%.0f', now) .. ' ' .. secretHash)
redis.call('HDEL', nodeIndexKey, node)
return answer.removed { site = site }
