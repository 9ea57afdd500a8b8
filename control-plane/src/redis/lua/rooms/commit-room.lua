-- Purpose: bind a room to a node that was held under another root, if nobody was faster.
-- @include limits
-- @include keys
-- @include clock
-- @include write-clock
-- @include node
-- @include reservation
-- @include room
-- @include room-orders
-- @include standby
-- KEYS[1] root
-- ARGV 1 told tick, 2 roomId, 3 epoch it had when the node was looked for, 4 new epoch, 5 node, 6 site
-- Returns { tick, 'bound' } | { tick, 'lost' }
local key = roomKey(ARGV[2])
local room = redis.call('HMGET', key, 'epoch', 'expiresAtMs', 'top', 'standby')
-- The epoch may have gone to a standby meanwhile.
local given = math.max(tonumber(room[1] or 0), tonumber(room[3] or 0))
if mayHaveLostPlace(ARGV[2]) or isOver(room[2], now) or tonumber(room[1] or 0) ~= tonumber(ARGV[3])
  or tonumber(ARGV[4]) <= given then return { tick, 'lost' } end
giveUpStandby(ARGV[2], room[4])

redis.call('HSET', key, 'epoch', ARGV[4], 'node', awayTo(ARGV[6], ARGV[5]))
acknowledge()
settle()
return { tick, 'bound' }
