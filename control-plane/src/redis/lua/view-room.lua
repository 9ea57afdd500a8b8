-- Purpose: what the join page shows of a room.
-- @include limits
-- @include keys
-- @include clock
-- @include room
-- @include orphan
-- KEYS[1] root
-- ARGV 1 roomId
-- Returns { 'unknown' } | { 'room', title, expiresAtMs, site where it runs or is to run, or '' }
local room = redis.call('HMGET', roomKey(ARGV[1]), 'title', 'expiresAtMs', 'node', 'site')
local now = nowMs()
if not room[2] and room[3] then room[1], room[2] = '', adoptOrphan(ARGV[1], now) end
if isOver(room[2], now) then return { 'unknown' } end
local node = room[3] or ''
local at = awayAt(node) or node ~= '' and redis.call('HGET', nodeKey(node), 'site')
return { 'room', room[1], room[2], at or room[4] or '' }
