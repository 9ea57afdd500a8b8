-- Writes the records of rooms that agents created while their branch was offline. Known rooms stay as they are.
-- Arguments
--   KEYS[1]: shard prefix
-- For each item
--   roomId: text
--   title: text
--   hostKeyHash: text
--   site: text
--   expiresAtMs: number
-- Answers
--   adopted
--     count: number
-- This header is generated from the definition of the script in redis/scripts.

-- @include lib/room-names
local adopted = 0
for room in each() do
  local key = roomKey(room.roomId)
  local hostKeyHash, node, epoch = unpack(redis.call('HMGET', key, 'hostKeyHash', 'node', 'epoch'))
  -- If the node has reported the room before, it is in the record already.
  if not hostKeyHash and not isOver(room.expiresAtMs) then
    redis.call('HSET', key, 'expiresAtMs', room.expiresAtMs, 'node', node or '', 'epoch', epoch or 0, 'title', room.title,
      'cost', limits.defaultCostTracks, 'hostKeyHash', room.hostKeyHash, 'site', room.site)
    redis.call('PEXPIREAT', key, room.expiresAtMs)
    adopted = adopted + 1
  end
end
return answer.adopted { count = adopted }
