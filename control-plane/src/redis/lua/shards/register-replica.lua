-- The first call of a replica to a Redis process that is new to it: it sends its write clock. A process that was
-- started or promoted may have lost writes, so for a moment no room gets a new node.
-- Arguments
--   KEYS[1]: shard prefix
--   knownWriteClock: number, the highest that this replica has seen
--   processId: text
-- Answers
--   registered
-- This header is generated from the definition of the script in redis/scripts.

-- @include lib/clock
-- @include lib/write-clock
local known = redis.call('HGET', metaKey, 'processId')
if known ~= processId then
  if not known then redis.call('HSET', metaKey, 'createdMs', now) end
  redis.call('HSET', metaKey, 'processId', processId)
  -- It may have lost writes: for warmUpMs no room gets a new node, so that every replica can send its write clock.
  if writeClock > 0 then redis.call('HSET', metaKey, 'warmingUpMs', now) end
end
return answer.registered {}
