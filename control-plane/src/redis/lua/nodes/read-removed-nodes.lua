-- Nodes that operators have removed.
-- Arguments
--   KEYS[1]: shard prefix
-- Answers
--   removed
--     nodes: [name, text, …]
-- This header is generated from the definition of the script in redis/scripts.

return answer.removed { nodes = redis.call('HGETALL', removedNodesKey) }
