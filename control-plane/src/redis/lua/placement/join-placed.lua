-- Step 2 of placing a room: check whether its node is still good.
-- @include lib/clock
-- @include lib/node
-- @include lib/node-load
-- @include lib/node-status
-- @include lib/reservations
-- @include lib/room-names
-- @include lib/standby
-- @include lib/write-clock
-- @include placement/room-record

-- The answer that sends a participant to the room's node and, if it has one, its standby.
local function placedAt(node, epoch, room)
  local standbyEpoch, standbyId = standbyOf(room.standby)
  local standby = standbyEpoch and readNode(standbyId)
  return answer.placed {
    node = node.id,
    epoch = epoch,
    site = node.site,
    credentials = credentialsOf(node.id),
    title = room.title,
    expiresAtMs = room.expiresAtMs,
    silentMs = now - node.seenMs,
    standby = standby and record.standby {
      node = standby.id,
      epoch = standbyEpoch,
      site = standby.site,
      credentials = credentialsOf(standby.id),
      level = room.standbyLevel,
    },
  }
end

-- One more participant for a room on its present node. Returns true, a refusal, or nil if the room needs another node;
-- and the node if it is known at all.
local function joinPlaced(room, nodeId, epoch, purpose)
  local node = readNode(nodeId)
  if node == nil or isDead(node) then return nil, node end
  local name = nameOf(room.id, epoch)
  local isLive = redis.call('SISMEMBER', liveRoomsKey(nodeId), name) == 1
  local endsMs = reservationEnd(node, name)
  if recovering and not (isLive and node.seenMs >= writesLostMs) then return answer.store_recovering {}, node end
  if isLive or endsMs > now then
    if purpose == 'join' and isLive and scoreOf(node) > limits.joinCapPpm then return answer.node_full {}, node end
    if not countJoins(node, purpose) then return answer.node_busy {}, node end
    -- What is left of the reservation must not lapse while this participant connects.
    if endsMs > 0 and endsMs < now + limits.reservationMs / 2 then
      redis.call('ZADD', reservationEndsKey(nodeId), now + limits.reservationMs, name)
    end
    return true, node
  end
  -- The room is empty and nothing is reserved. Any node would do, but the same one saves an epoch if the room still fits.
  readCost(room)
  local fits = scoreOf(node) + shareOf(node, room.cost) <= limits.newRoomCapPpm
  if serves(node) and not isSilent(node) and fits and countJoins(node, purpose) then
    reserve(node, name, room.cost, now + limits.reservationMs)
    return true, node
  end
  return nil, node
end
