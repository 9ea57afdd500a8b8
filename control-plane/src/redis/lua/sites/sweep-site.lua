-- Does what neither reports nor joins do: makes silent nodes ineligible, takes the rooms from dead ones, and compares
-- reservations with records, a few nodes at a time. Every replica calls this; once per sweepMs one call does the work.
-- Arguments
--   KEYS[1]: shard prefix
--   site: text
-- Answers
--   idle
--   swept
--     silenced: number
--     dead: number
--     correctedTracks: number, reserved tracks that were wrong
-- This header is generated from the definition of the script in redis/scripts.

-- @include lib/changes
-- @include lib/clock
-- @include lib/node
-- @include lib/node-status
-- @include lib/reservations
-- @include lib/room-names
-- @include lib/standby
local key = siteKey(site)
if now - tonumber(redis.call('HGET', key, 'sweptMs') or 0) < limits.sweepMs then return answer.idle {} end
redis.call('HSET', key, 'sweptMs', now)

-- Silent nodes stop being eligible, dead ones lose their rooms and reservations.
local function sweepSilent()
  local silenced, dead = 0, 0
  local silent = redis.call('ZRANGEBYSCORE', lastReportsKey(site), 1, now - limits.suspectMs, 'LIMIT', 0, 200)
  for _, nodeId in ipairs(silent) do
    local node = readWholeNode(nodeId)
    if node and node.eligible then
      setEligible(node, false)
      silenced = silenced + 1
    end
    if node and node.rooms + node.participants > 0 and isDead(node) then
      loseAllRooms(node)
      dead = dead + 1
    end
  end
  return silenced, dead
end

-- Whether the room's record contradicts this reservation. A missing record proves nothing.
local function isWrong(nodeId, epoch, isStandby, room)
  if not room.epoch then return false end
  if isStandby then return room.standby ~= epoch .. ' ' .. nodeId end
  return tonumber(room.epoch) ~= epoch or room.node ~= nodeId
end

local function recordFor(roomId, roomShard)
  if not roomId or roomShard ~= shard then return {} end
  local epoch, node, standby, cost = unpack(redis.call('HMGET', roomKey(roomId), 'epoch', 'node', 'standby', 'cost'))
  return { epoch = epoch, node = node, standby = standby, cost = cost }
end

-- Compares one reservation with the room's record. Returns the tracks that stay reserved, and those that were wrong.
local function checkReservation(node, name, tracks)
  local isStandby = string.sub(name, 1, 1) == '+'
  local roomId, epoch, roomShard = partsOf(isStandby and string.sub(name, 2) or name)
  local room = recordFor(roomId, roomShard)
  if isWrong(node.id, epoch, isStandby, room) then
    release(node, name)
    return 0, tracks
  end
  local endsMs = reservationEnd(node, name)
  if endsMs == 0 then
    redis.call('ZADD', reservationEndsKey(node.id), now + limits.reservationMs, name)
  elseif room.cost and not isStandby then
    lowerReservation(node, name, fadedReservation(tonumber(room.cost), endsMs))
    return reservedFor(node, name), 0
  end
  return tracks, 0
end

-- Compares the node's reservations with the records of their rooms. Returns the tracks that were wrong.
local function checkReservations(node)
  releaseLapsed(node)
  local sum, corrected = 0, 0
  local held = redis.call('HGETALL', reservedKey(node.id))
  for i = 1, #held, 2 do
    local stays, wrong = checkReservation(node, held[i], tonumber(held[i + 1]))
    sum, corrected = sum + stays, corrected + wrong
  end
  if sum ~= node.reservedTracks then
    corrected = corrected + math.abs(node.reservedTracks - sum)
    if node.eligible then addToSite(site, 'reservedTracks', sum - node.reservedTracks) end
    node.reservedTracks = sum
    reservedNodes[node.id] = node
  end
  return corrected
end

local silenced, dead = sweepSilent()
local corrected = 0
-- When no node reports, the fault may be in Redis or the network, and reservations are left as they are.
if redis.call('ZCOUNT', lastReportsKey(site), now - limits.suspectMs, '+inf') > 0 then
  local after = redis.call('HGET', key, 'sweptUpTo') or ''
  local batch = redis.call('ZRANGEBYLEX', nodeIdsKey(site), after == '' and '-' or '(' .. after, '+', 'LIMIT', 0,
    limits.sweepNodes)
  redis.call('HSET', key, 'sweptUpTo', #batch < limits.sweepNodes and '' or batch[#batch])
  for _, nodeId in ipairs(batch) do
    local node = readWholeNode(nodeId)
    if node then corrected = corrected + checkReservations(node) end
  end
end
return answer.swept { silenced = silenced, dead = dead, correctedTracks = corrected }
