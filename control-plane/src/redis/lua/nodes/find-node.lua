-- The site of a node.
-- Arguments
--   KEYS[1]: shard prefix
--   node: text
-- Answers
--   found
--     site: text
--   node_not_found
-- This header is generated from the definition of the script in redis/scripts.

local site = string.match(redis.call('HGET', nodeIndexKey, node) or '', ' (%S+)$')
if not site then return answer.node_not_found {} end
return answer.found { site = site }
