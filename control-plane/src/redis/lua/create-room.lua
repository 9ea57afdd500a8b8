-- Purpose: write a room record once. A code that is taken (70 random bits: never) is refused, not overwritten.
-- @include keys
-- KEYS[1] root
-- ARGV 1 roomId, 2 title, 3 hostKeyHash, 4 costTracks, 5 site or '', 6 ttlMs
-- Returns { 'created', expiresAtMs } | { 'taken' }
local key = roomKey(ARGV[1])
if redis.call('EXISTS', key) == 1 then return { 'taken' } end
local now = nowMs()
local expiresAt = now + tonumber(ARGV[6])
redis.call('HSET', key, 'title', ARGV[2], 'hostKeyHash', ARGV[3], 'costTracks', ARGV[4], 'site', ARGV[5],
  'createdAtMs', now, 'expiresAtMs', expiresAt)
redis.call('PEXPIREAT', key, expiresAt)
return { 'created', tostring(expiresAt) }
