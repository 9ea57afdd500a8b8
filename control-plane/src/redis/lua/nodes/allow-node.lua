-- The id of a removed node may be enrolled again, by any agent.
-- Arguments
--   KEYS[1]: shard prefix
--   node: text
-- Answers
--   allowed
--   node_not_found
-- This header is generated from the definition of the script in redis/scripts.

if not redis.call('HGET', removedNodesKey, node) then return answer.node_not_found {} end
redis.call('HDEL', removedNodesKey, node)
return answer.allowed {}
