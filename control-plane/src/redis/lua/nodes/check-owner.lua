-- Whether a node was enrolled with this secret.
-- Arguments
--   KEYS[1]: shard prefix
--   node: text
--   secretHash: text
-- Answers
--   owner
--   stranger
-- This header is generated from the definition of the script in redis/scripts.

local owner = string.match(redis.call('HGET', nodeIndexKey, node) or '', '^%S+')
if owner ~= secretHash then return answer.stranger {} end
return answer.owner {}
