-- Purpose: rooms that nodes of a branch made while it was cut off get their records. One that is known stays as it is; one
-- of which only the place is known, because its node reported first, gets the rest.
-- @include limits
-- @include keys
-- @include clock
-- @include room
-- KEYS[1] root
-- ARGV for each room: roomId, title, hostKeyHash, site, expiresAtMs
-- Returns { how many were new }
local new, now = 0, nowMs()
for i = 1, #ARGV, 5 do
  local key = roomKey(ARGV[i])
  local known = redis.call('HMGET', key, 'hostKeyHash', 'node', 'epoch')
  if not known[1] and not isOver(ARGV[i + 4], now) then
    redis.call('HSET', key, 'expiresAtMs', ARGV[i + 4], 'node', known[2] or '', 'epoch', known[3] or 0, 'title', ARGV[i + 1],
      'cost', limits.defaultCostTracks, 'hostKeyHash', ARGV[i + 2], 'site', ARGV[i + 3])
    redis.call('PEXPIREAT', key, ARGV[i + 4])
    new = new + 1
  end
end
return { new }
