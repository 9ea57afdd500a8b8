-- Ends a meeting for its host: the link stops working at once, and the node is ordered to drop the room.
-- Arguments
--   KEYS[1]: shard prefix
--   roomId: text
--   hostKeyHash: text
-- Answers
--   ended
--   elsewhere
--     site: text, of another shard, in which the order for the node is still to be written
--     node: text
--     epoch: number
--   room_not_found
--   host_key_refused
-- This header is generated from the definition of the script in redis/scripts.

-- @include lib/node
-- @include lib/reservations
-- @include lib/room-names
-- @include lib/room-orders
-- @include lib/standby
local key = roomKey(roomId)
local keyHash, expiresAtMs, nodeId, epoch, standby =
  unpack(redis.call('HMGET', key, 'hostKeyHash', 'expiresAtMs', 'node', 'epoch', 'standby'))
if hasEnded(expiresAtMs) then return answer.room_not_found {} end
if keyHash ~= hostKeyHash then return answer.host_key_refused {} end
-- The record stays until its link would have expired: nodes that still carry the room are ordered to drop it.
redis.call('HSET', key, 'expiresAtMs', 0)
if (nodeId or '') == '' then return answer.ended {} end
local site, elsewhereId = elsewhereOf(nodeId)
if site then return answer.elsewhere { site = site, node = elsewhereId, epoch = epoch } end
local node, name = readNode(nodeId), nameOf(roomId, epoch)
if node then
  release(node, name)
  orderNode(node.id, name, 'drop')
end
local standbyEpoch, standbyId = standbyOf(standby)
if standbyEpoch then
  giveUpStandby(roomId, standby)
  orderNode(standbyId, nameOf(roomId, standbyEpoch), 'drop')
end
return answer.ended {}
