-- Step 5 of placing a room: bind it to a node.
-- @include lib/node-load
-- @include lib/reservations
-- @include lib/room-names
-- @include lib/room-orders
-- @include lib/standby
-- @include lib/write-clock
-- @include placement/join-placed
-- @include placement/room-record
-- @include placement/standby-choice

-- Binds the room to the node and returns the answer. `found`: candidates for its standby. `standbyEpoch`: set if the
-- node was the room's standby, to which its participants are connected already. `people`: joins to count, one by
-- default.
local function bind(room, node, found, standbyEpoch, people)
  local epoch = standbyEpoch or nextEpoch(room)
  room.epoch, room.standby = epoch, nil
  -- The epoch is new, so nothing is reserved by its name.
  reserve(node, nameOf(room.id, epoch), room.cost, reservationEndOf(room), 0)
  if not standbyEpoch then countJoins(node, 'rejoin', people) end
  redis.call('HSET', roomKey(room.id), 'node', node.id, 'epoch', epoch)
  local ranOn = ranAlsoOn(room.ranOn, node.id)
  if ranOn then redis.call('HSET', roomKey(room.id), 'ranOn', ranOn) end
  advanceWriteClock()
  yieldReservedStandbys(node, limits.newRoomCapPpm)
  if not warmingUp then addStandby(room, node, found) end
  return placedAt(node, epoch, room)
end

-- Releases what is still reserved on the old node; participants who are still there are sent away.
local function leave(room, node)
  if not node then return end
  local name = nameOf(room.id, room.epoch)
  release(node, name)
  if redis.call('SREM', liveRoomsKey(node.id), name) == 1 then orderNode(node.id, name, 'moved') end
end
