-- A room's standby: a second node that its participants connect to beforehand, under an epoch of its own. The room's
-- record has `standby`, '<epoch> <node>', and `highestEpoch`, so that no name ever refers to two placements. Both nodes
-- are in the same shard.
-- @include lib/changes
-- @include lib/node
-- @include lib/node-load
-- @include lib/random
-- @include lib/reservations
-- @include lib/room-names
-- @include lib/room-orders

-- epoch and node id, or nil.
local function standbyOf(field)
  local epoch, nodeId = string.match(field or '', '^(%d+) (.+)$')
  return tonumber(epoch), nodeId
end

-- Removes the standby from the room and sends its participants away from it. The caller gives the order to the room's
-- own node.
local function giveUpStandby(roomId, field)
  local epoch, nodeId = standbyOf(field)
  if not epoch then return end
  local name, node = nameOf(roomId, epoch), readNode(nodeId)
  redis.call('HDEL', roomKey(roomId), 'standby')
  if node then
    release(node, '+' .. name)
    if redis.call('SREM', liveRoomsKey(nodeId), name) == 1 then orderNode(nodeId, name, 'moved') end
  end
end

-- Gives up the standby that a room has on this node at this epoch, if any, and gives the order to the room's own node.
local function dropStandby(roomId, epoch, nodeId)
  local standby, node, roomEpoch = unpack(redis.call('HMGET', roomKey(roomId), 'standby', 'node', 'epoch'))
  if standby ~= epoch .. ' ' .. nodeId then return end
  giveUpStandby(roomId, standby)
  if node and node ~= '' and not elsewhereOf(node) then orderNode(node, nameOf(roomId, roomEpoch), 'changed') end
end

-- LiveKit has gone down with all rooms of the node. Rooms that had their standby here are notified, up to a limit for one
-- call; the others find out at their next join.
local function loseAllRooms(node)
  for i, name in ipairs(redis.call('SMEMBERS', liveRoomsKey(node.id))) do
    if i > limits.standbysLost then break end
    local roomId, epoch, roomShard = partsOf(name)
    if roomId and roomShard == shard then dropStandby(roomId, epoch, node.id) end
  end
  releaseAll(node)
  redis.call('DEL', liveRoomsKey(node.id))
  redis.call('HSET', nodeKey(node.id), 'rooms', 0, 'participants', 0, 'roomsSeq', 0)
  addToSite(node.site, 'rooms', -node.rooms)
  addToSite(node.site, 'participants', -node.participants)
  node.rooms, node.participants = 0, 0
end

-- When a node fills up, its standbys are given up first: those that are only reserved all at once, …
local function yieldReservedStandbys(node, capPpm)
  if node.standbyTracks <= 0 or scoreOf(node) <= capPpm then return end
  for _, name in ipairs(redis.call('HKEYS', reservedKey(node.id))) do
    if string.sub(name, 1, 1) == '+' then
      release(node, name)
      local roomId, epoch = partsOf(string.sub(name, 2))
      if roomId then dropStandby(roomId, epoch, node.id) end
      if scoreOf(node) <= capPpm then return end
    end
  end
end

-- … those with participants a few at a time.
local function yieldLiveStandbys(node, capPpm)
  if node.utilisationPpm <= capPpm then return end
  for _, name in ipairs(drawMembers(liveRoomsKey(node.id), limits.standbysYielded)) do
    local roomId, epoch, roomShard = partsOf(name)
    if roomId and roomShard == shard then dropStandby(roomId, epoch, node.id) end
  end
end
