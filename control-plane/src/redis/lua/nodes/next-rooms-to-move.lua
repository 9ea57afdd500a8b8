-- The next rooms to move away from draining nodes. Every replica calls this; in each drainBatchMs one call gets rooms
-- of a node.
-- Arguments
--   KEYS[1]: shard prefix
-- Answers
--   next
--     nodes: [node]
-- Record node
--   node: text
--   rooms: [text]
-- This header is generated from the definition of the script in redis/scripts.

-- @include lib/clock
-- @include lib/node
-- @include lib/random
local nodes = {}
for _, id in ipairs(redis.call('SMEMBERS', drainingKey)) do
  local node = readNode(id)
  if not node or (node.leavingUntilMs == 0 and node.state ~= 'draining') then
    redis.call('SREM', drainingKey, id)
  elseif now - tonumber(redis.call('HGET', nodeKey(id), 'roomsMovedMs') or 0) >= limits.drainBatchMs then
    local rooms = drawMembers(liveRoomsKey(id), limits.drainBatchRooms)
    if #rooms > 0 then
      redis.call('HSET', nodeKey(id), 'roomsMovedMs', now)
      table.insert(nodes, record.node { node = id, rooms = rooms })
    end
  end
end
return answer.next { nodes = nodes }
