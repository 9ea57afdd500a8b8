-- Purpose: how well a room is stood by for, while it runs. Its people are called to ask again and find out.
-- @include limits
-- @include keys
-- @include clock
-- @include node
-- @include reservation
-- @include room
-- @include room-orders
-- @include standby
-- KEYS[1] root
-- ARGV 1 roomId, 2 level (off | warm | sound)
-- Returns { 'unknown' } | { 'set' }
local key = roomKey(ARGV[1])
local room = redis.call('HMGET', key, 'expiresAtMs', 'node', 'epoch', 'standby', 'level')
if isOver(room[1], nowMs()) then return { 'unknown' } end
if room[5] == ARGV[2] then return { 'set' } end
redis.call('HSET', key, 'level', ARGV[2])
if ARGV[2] == 'off' then giveUpStandby(ARGV[1], room[4]) end
if room[2] ~= '' and not awayAt(room[2]) then order(room[2], nameOf(ARGV[1], room[3]), 'changed') end
settle()
return { 'set' }
