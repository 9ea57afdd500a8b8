-- A replica has reached the LiveKit of this node, so that not reaching it means something from now on.
-- Arguments
--   KEYS[1]: shard prefix
--   node: text
-- Answers
--   done
-- This header is generated from the definition of the script in redis/scripts.

if redis.call('EXISTS', nodeKey(node)) == 1 then redis.call('HSET', nodeKey(node), 'reached', 1, 'noEntryMs', 0) end
return answer.done {}
