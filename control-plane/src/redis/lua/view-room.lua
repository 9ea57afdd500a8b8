-- Purpose: what the join page shows of a room.
-- @include keys
-- KEYS[1] root
-- ARGV 1 roomId
-- Returns { 'unknown' } | { 'room', title, expiresAtMs }
local room = redis.call('HMGET', roomKey(ARGV[1]), 'title', 'expiresAtMs', 'endedAtMs')
if not room[2] or room[3] or tonumber(room[2]) <= nowMs() then return { 'unknown' } end
return { 'room', room[1], room[2] }
