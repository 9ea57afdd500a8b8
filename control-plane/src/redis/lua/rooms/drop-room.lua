-- Takes a room whose record is in another shard from a node of this one.
-- Arguments
--   KEYS[1]: shard prefix
--   node: text
--   name: text, of the LiveKit room
--   order: (drop | moved)?, for the node
-- Answers
--   done
-- This header is generated from the definition of the script in redis/scripts.

-- @include lib/node
-- @include lib/reservations
-- @include lib/room-orders
local known = readNode(node)
if known then
  release(known, name)
  redis.call('SREM', liveRoomsKey(node), name)
  if order then orderNode(node, name, order) end
end
return answer.done {}
