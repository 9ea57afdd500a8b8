-- Purpose: what the join page shows of a room.
-- @include limits
-- @include keys
-- @include clock
-- @include write-clock
-- @include room
-- @include lost-records
-- KEYS[1] root
-- ARGV 1 told tick, 2 roomId
-- Returns { tick, 'unknown' } | { tick, 'recovering' }: nobody knows yet whether there is such a room
--       | { tick, 'room', title, expiresAtMs, site where it runs or is to run, or '' }
local room = redis.call('HMGET', roomKey(ARGV[2]), 'title', 'expiresAtMs', 'node', 'site')
if not room[2] and room[3] then room[1], room[2] = '', adoptOrphan(ARGV[2], now) end
if not room[2] and recovering then return { tick, 'recovering' } end
if isOver(room[2], now) then return { tick, 'unknown' } end
local node = room[3] or ''
local at = awayAt(node) or node ~= '' and redis.call('HGET', nodeKey(node), 'site')
return { tick, 'room', room[1], room[2], at or room[4] or '' }
