-- Sets the standby level of a room while it runs. Its clients call rejoin to learn of the change.
-- Arguments
--   KEYS[1]: shard prefix
--   roomId: text
--   level: off | warm | sound
-- Answers
--   set
--   room_not_found
-- This header is generated from the definition of the script in redis/scripts.

-- @include lib/room-names
-- @include lib/room-orders
-- @include lib/standby
local key = roomKey(roomId)
local expiresAtMs, node, epoch, standby, before =
  unpack(redis.call('HMGET', key, 'expiresAtMs', 'node', 'epoch', 'standby', 'standbyLevel'))
if isOver(expiresAtMs) then return answer.room_not_found {} end
if before == level then return answer.set {} end
redis.call('HSET', key, 'standbyLevel', level)
if level == 'off' then giveUpStandby(roomId, standby) end
if node and node ~= '' and not elsewhereOf(node) then orderNode(node, nameOf(roomId, epoch), 'changed') end
return answer.set {}
