-- Purpose: the first word of a replica to a Redis that is new to it: what it was told before. A Redis that was started or
-- promoted since may have lost writes, so for a moment no room gets a new place, until every replica has spoken.
-- @include limits
-- @include keys
-- @include clock
-- @include write-clock
-- KEYS[1] root
-- ARGV 1 told tick, 2 id of the Redis process
-- Returns { tick }
if redis.call('HGET', metaKey, 'process') ~= ARGV[2] then
  if redis.call('HEXISTS', metaKey, 'process') == 0 then redis.call('HSET', metaKey, 'bornMs', now) end
  redis.call('HSET', metaKey, 'process', ARGV[2])
  if tick > 0 then redis.call('HSET', metaKey, 'unsureMs', now) end
end
return { tick }
