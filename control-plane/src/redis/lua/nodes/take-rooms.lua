-- The rooms of a report.
-- @include lib/changes
-- @include lib/confirm
-- @include lib/reservations
-- @include lib/room-names
-- @include lib/room-orders

-- The room is over on this node.
local function takeGone(node, name, foreignRooms)
  if redis.call('SREM', liveRoomsKey(node.id), name) == 0 then return end
  release(node, name)
  local roomId, epoch, roomShard = partsOf(name)
  if not roomId then return end
  if roomShard == shard then
    learnCost(roomId, epoch)
  else
    table.insert(foreignRooms, name)
    table.insert(foreignRooms, -1)
  end
end

-- The node carries the room.
local function takeLive(node, name, tracks, foreignRooms)
  local roomId, epoch, roomShard = partsOf(name)
  if not roomId then return end
  if roomShard ~= shard then
    redis.call('SADD', liveRoomsKey(node.id), name)
    lowerReservation(node, name, math.max(0, reservedFor(node, name) - tracks))
    table.insert(foreignRooms, name)
    table.insert(foreignRooms, tracks)
    return
  end
  local order, cost = confirm(roomId, epoch, node.id, tracks)
  if order then
    redis.call('SREM', liveRoomsKey(node.id), name)
    release(node, name)
    orderNode(node.id, name, order)
    return
  end
  redis.call('SADD', liveRoomsKey(node.id), name)
  local endsMs = reservationEnd(node, name)
  if endsMs > 0 then lowerReservation(node, name, fadedReservation(math.max(0, cost - tracks), endsMs)) end
end

-- `reading`: { since, names, tracks, gone, rooms, participants }; since 0: all rooms, else what has changed since the
-- report with that number. Returns whether the node is to send all rooms with its next report, and the rooms whose
-- record is in another shard (name, tracks, …; -1: the room is over).
local function takeRooms(node, reading)
  local foreignRooms, gone = {}, reading.gone
  if reading.since == 0 then
    local known = {}
    for _, name in ipairs(reading.names) do known[name] = true end
    gone = {}
    for _, name in ipairs(redis.call('SMEMBERS', liveRoomsKey(node.id))) do
      if not known[name] then table.insert(gone, name) end
    end
  elseif reading.since ~= node.roomsSeq then
    return true, foreignRooms
  end
  for _, name in ipairs(gone) do takeGone(node, name, foreignRooms) end
  for i, name in ipairs(reading.names) do takeLive(node, name, reading.tracks[i], foreignRooms) end
  redis.call('HSET', nodeKey(node.id), 'rooms', reading.rooms, 'participants', reading.participants, 'roomsSeq', node.seq)
  addToSite(node.site, 'rooms', reading.rooms - node.rooms)
  addToSite(node.site, 'participants', reading.participants - node.participants)
  return false, foreignRooms
end
