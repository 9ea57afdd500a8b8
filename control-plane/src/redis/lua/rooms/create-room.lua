-- Writes the record of a new room. An existing code is not overwritten; with 70 random bits that does not happen.
-- Arguments
--   KEYS[1]: shard prefix
--   knownWriteClock: number, the highest that this replica has seen
--   roomId: text
--   title: text
--   hostKeyHash: text
--   costTracks: number?, as the creator has declared it
--   site: text?
--   tenant: text?
--   ttlMs: number
--   livesOn: flag, its link is prolonged while it is used
--   startsAtMs: number?
--   standbyLevel: (off | warm | sound)?, absent: the level of the tenant
-- Answers
--   created
--     expiresAtMs: number
--   taken
--   too_many_rooms
-- This header is generated from the definition of the script in redis/scripts.

-- @include lib/clock
-- @include lib/write-clock
local key = roomKey(roomId)
if redis.call('EXISTS', key) == 1 then return answer.taken {} end
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', roomEndsKey, '-inf', now, 'LIMIT', 0, 100)) do
  redis.call('ZREM', roomEndsKey, gone)
end
if redis.call('ZCARD', roomEndsKey) >= limits.roomsMax then return answer.too_many_rooms {} end
local expiresAtMs = now + ttlMs
redis.call('ZADD', roomEndsKey, expiresAtMs, roomId)
-- The size that the creator has declared, else that of this tenant's past meetings, else that of most meetings.
local cost = costTracks or tenant and redis.call('HGET', learnedCostsKey, tenant) or limits.defaultCostTracks
-- In the order in which joins look them up.
redis.call('HSET', key, 'expiresAtMs', expiresAtMs, 'node', '', 'epoch', 0, 'title', title, 'cost', cost, 'hostKeyHash',
  hostKeyHash)
if costTracks then redis.call('HSET', key, 'costDeclared', 1) end
if livesOn then redis.call('HSET', key, 'linkMs', ttlMs) end
if site then redis.call('HSET', key, 'site', site) end
if tenant then redis.call('HSET', key, 'tenant', tenant) end
if startsAtMs then redis.call('HSET', key, 'startsAtMs', startsAtMs) end
if standbyLevel then redis.call('HSET', key, 'standbyLevel', standbyLevel) end
if warmingUp then
  local generation = storeGeneration()
  redis.call('HSET', key, 'storeGeneration', generation)
end
redis.call('PEXPIREAT', key, expiresAtMs)
advanceWriteClock()
return answer.created { expiresAtMs = expiresAtMs }
