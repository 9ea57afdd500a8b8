-- A room's standby: a second node where its people are joined beforehand, under an epoch of its own. The room's record
-- keeps `standby` = '<epoch> <node>' and `top`, the highest epoch ever given, so that no name ever means two things.
-- Both stand under the same root. Needs limits, keys.lua, room.lua, node.lua, reservation.lua and room-orders.lua.

-- epoch and node, or nil.
local function standbyOf(field)
  local epoch, node = string.match(field or '', '^(%d+) (.+)$')
  return tonumber(epoch), node
end

-- Takes it from the room, whose people are called away from it. The caller tells the room's own node.
local function giveUpStandby(roomId, field)
  local epoch, node = standbyOf(field)
  if not epoch then return end
  local name, s = nameOf(roomId, epoch), readNode(node)
  redis.call('HDEL', roomKey(roomId), 'standby')
  if s then
    release(s, '+' .. name)
    if redis.call('SREM', liveKey(node), name) == 1 then order(node, name, 'moved') end
  end
end

-- The same when all that is known is the name on the standby's node, and not whether it is one. The room's own node hears
-- of it.
local function dropStandby(roomId, epoch, node)
  local room = redis.call('HMGET', roomKey(roomId), 'standby', 'node', 'epoch')
  if room[1] ~= epoch .. ' ' .. node then return end
  giveUpStandby(roomId, room[1])
  if room[2] and room[2] ~= '' and not awayAt(room[2]) then order(room[2], nameOf(roomId, room[3]), 'changed') end
end

-- What ran on the node is gone: nothing is live there, and no promise there is worth anything. Rooms that had their
-- standby there are told, as many as one call can pay for; the others find out with their next join.
local function loseAll(n)
  for i, name in ipairs(redis.call('SMEMBERS', liveKey(n.id))) do
    if i > limits.standbysLost then break end
    local roomId, epoch, at = partsOf(name)
    if roomId and at == home then dropStandby(roomId, epoch, n.id) end
  end
  releaseAll(n)
  redis.call('DEL', liveKey(n.id))
  redis.call('HSET', nodeKey(n.id), 'rooms', 0, 'people', 0, 'roomsSeq', 0)
  addToSite(n.site, 'rooms', -n.rooms)
  addToSite(n.site, 'people', -n.people)
  n.rooms, n.people = 0, 0
end

-- Standbys are the first to go when a node fills up: promised ones at once, those that people are joined to a few at a
-- time.
local function yieldStandbys(n, capPpm)
  if n.standbyTracks <= 0 or scoreOf(n) <= capPpm then return end
  for _, name in ipairs(redis.call('HKEYS', reservedKey(n.id))) do
    if string.sub(name, 1, 1) == '+' then
      release(n, name)
      local roomId, epoch = partsOf(string.sub(name, 2))
      if roomId then dropStandby(roomId, epoch, n.id) end
      if scoreOf(n) <= capPpm then return end
    end
  end
end
local function yieldLive(n, capPpm)
  if n.utilPpm <= capPpm then return end
  for _, name in ipairs(redis.call('SRANDMEMBER', liveKey(n.id), limits.standbysYielded)) do
    local roomId, epoch, at = partsOf(name)
    if roomId and at == home then dropStandby(roomId, epoch, n.id) end
  end
end
