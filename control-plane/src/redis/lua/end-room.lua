-- Purpose: a host ends the room: nobody gets in any more, and the node is told to drop it with its next report.
-- @include keys
-- @include reservation
-- KEYS[1] root
-- ARGV 1 roomId, 2 hostKeyHash
-- Returns 'unknown' | 'forbidden' | 'ended'
local room = redis.call('HMGET', roomKey(ARGV[1]), 'hostKeyHash', 'expiresAtMs', 'endedAtMs')
local now = nowMs()
if not room[2] or room[3] or tonumber(room[2]) <= now then return 'unknown' end
if room[1] ~= ARGV[2] then return 'forbidden' end
redis.call('HSET', roomKey(ARGV[1]), 'endedAtMs', now)
local p = redis.call('HMGET', placeKey(ARGV[1]), 'node', 'epoch')
if p[1] then releaseReservation(p[1], ARGV[1] .. '~' .. p[2]) end
return 'ended'
