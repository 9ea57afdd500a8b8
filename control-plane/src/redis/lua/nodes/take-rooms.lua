-- The rooms of a report.
-- @include lib/changes
-- @include lib/confirm
-- @include lib/reservations
-- @include lib/room-names
-- @include reports/claim

-- What a report's rooms have led to: orders (name, order, …), and rooms whose record is in another shard (name, tracks, …;
-- -1: the room is over).
local function newFindings() return { orders = {}, foreignRooms = {} } end

local function addPair(list, name, value)
  table.insert(list, name)
  table.insert(list, value)
end

-- The room is over on this node.
local function takeGone(node, name, findings)
  if redis.call('SREM', liveRoomsKey(node.id), name) == 0 then return end
  if reservationEnd(node, name) > 0 then release(node, name) end
  local roomId, epoch, roomShard = partsOf(name)
  if not roomId then return end
  if roomShard == shard then learnCost(roomId, epoch) else addPair(findings.foreignRooms, name, -1) end
end

-- The node carries the room.
local function takeLive(node, by, name, tracks, findings)
  local roomId, epoch, roomShard = partsOf(name)
  if not roomId then return end
  if roomShard ~= shard then
    redis.call('SADD', liveRoomsKey(node.id), name)
    lowerReservation(node, name, math.max(0, reservedFor(node, name) - tracks))
    return addPair(findings.foreignRooms, name, tracks)
  end
  local order, cost = confirm(roomId, epoch, by, tracks)
  if order then
    if redis.call('SREM', liveRoomsKey(node.id), name) == 1 then release(node, name) end
    return addPair(findings.orders, name, order)
  end
  redis.call('SADD', liveRoomsKey(node.id), name)
  local endsMs = reservationEnd(node, name)
  if endsMs > 0 then lowerReservation(node, name, fadedReservation(math.max(0, cost - tracks), endsMs)) end
end

local function takeChanges(node, reading, findings)
  for _, name in ipairs(reading.gone) do takeGone(node, name, findings) end
  local by = claimant(node.id, node.id, redis.call('HGET', nodeKey(node.id), 'offlineGrant'), node.capacityTracks)
  for i, name in ipairs(reading.names) do takeLive(node, by, name, reading.tracks[i], findings) end
end

-- The node's rooms are known as of its last report.
local function takeTotals(node, rooms, participants)
  redis.call('HSET', nodeKey(node.id), 'rooms', rooms, 'participants', participants, 'roomsSeq', node.seq)
  addToSite(node.site, 'rooms', rooms - node.rooms)
  addToSite(node.site, 'participants', participants - node.participants)
  node.rooms, node.participants = rooms, participants
end

-- `reading`: { since, names, tracks, gone, rooms, participants }; since 0: all rooms, else what has changed since the
-- report with that number. Returns whether the node is to send all rooms with its next report.
local function takeRooms(node, reading, findings)
  local isCut = false
  if reading.since == 0 then
    local known, live = {}, redis.call('SMEMBERS', liveRoomsKey(node.id))
    for _, name in ipairs(reading.names) do known[name] = true end
    reading.gone = {}
    for _, name in ipairs(live) do
      -- The rest with the next report: one call takes no more.
      isCut = #reading.gone >= limits.reportSliceRooms
      if isCut then break end
      if not known[name] then table.insert(reading.gone, name) end
    end
  elseif reading.since ~= node.roomsSeq then
    return true
  end
  takeChanges(node, reading, findings)
  if isCut then return true end
  takeTotals(node, reading.rooms, reading.participants)
  return false
end
