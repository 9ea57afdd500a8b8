-- Purpose: a host ends the room: nobody gets in any more, and the node is told to drop it with its next report.
-- @include limits
-- @include keys
-- @include clock
-- @include node
-- @include reservation
-- @include room
-- @include room-orders
-- @include standby
-- KEYS[1] root
-- ARGV 1 roomId, 2 hostKeyHash
-- Returns { 'unknown' } | { 'forbidden' } | { 'ended' } | { 'elsewhere', node, site, epoch }: its node is to be told there
local key = roomKey(ARGV[1])
local room = redis.call('HMGET', key, 'hostKeyHash', 'expiresAtMs', 'node', 'epoch', 'standby')
local now = nowMs()
if isOver(room[2], now) then return { 'unknown' } end
if room[1] ~= ARGV[2] then return { 'forbidden' } end
-- The record stays until its link would have expired: nodes that still carry the room are told to drop it.
redis.call('HSET', key, 'expiresAtMs', 0)
if (room[3] or '') == '' then return { 'ended' } end
local name = nameOf(ARGV[1], room[4])
local at, away = awayAt(room[3])
if at then return { 'elsewhere', away, at, room[4] } end
local n = readNode(room[3])
if n then
  release(n, name)
  order(n.id, name, 'drop')
end
local beside, second = standbyOf(room[5])
if beside then
  giveUpStandby(ARGV[1], room[5])
  order(second, nameOf(ARGV[1], beside), 'drop')
end
settle()
return { 'ended' }
