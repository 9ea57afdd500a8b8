-- The record of a room that is placed.
-- @include lib/clock
-- @include lib/lost-records
-- @include lib/room-names
-- @include lib/write-clock

-- Standby level of a room: its own, else its tenant's, else that of the installation.
local tenantLevels = {}
local function standbyLevelOf(level, tenant, default)
  if level or not tenant then return level or default end
  tenantLevels[tenant] = tenantLevels[tenant] or redis.call('HGET', standbyLevelsKey, tenant) or default
  return tenantLevels[tenant]
end

-- The fields that every join needs, or nil if the room is over or unknown. `isInside`: for participants of a running
-- meeting, whose date does not count. `node`: nil if it has none. The rest is read
-- only when a node is chosen (readCost).
local function readRoom(roomId, defaultLevel, isInside)
  local expiresAtMs, node, epoch, title, standby, standbyLevel, tenant = unpack(redis.call('HMGET', roomKey(roomId),
    'expiresAtMs', 'node', 'epoch', 'title', 'standby', 'standbyLevel', 'tenant'))
  -- Only its node is known, from a report: the rest of the record was lost.
  if not expiresAtMs and node then expiresAtMs, title = restoreRecord(roomId), '' end
  if hasEnded(expiresAtMs) or (isOver(expiresAtMs) and not (isInside and node and node ~= '')) then return nil end
  return {
    id = roomId, expiresAtMs = expiresAtMs, node = node ~= '' and node or nil, epoch = tonumber(epoch or 0), title = title,
    standby = standby, standbyLevel = standbyLevelOf(standbyLevel, tenant, defaultLevel),
  }
end

-- cost: tracks to reserve. leastCost: the least to reserve if no node takes that much; it is below the cost only if the
-- creator has not declared the size.
local function readCost(room)
  if room.cost then return end
  local recorded, peakTracks, site, startsAtMs, highestEpoch, costDeclared, ranOn = unpack(redis.call('HMGET',
    roomKey(room.id), 'cost', 'peakTracks', 'site', 'startsAtMs', 'highestEpoch', 'costDeclared', 'ranOn'))
  local cost = tonumber(recorded or limits.defaultCostTracks)
  room.cost = math.max(cost, tonumber(peakTracks or 0))
  room.leastCost = costDeclared and cost or math.min(cost, limits.defaultCostTracks)
  room.ranOn = ranOn
  room.site, room.startsAtMs, room.highestEpoch = site, tonumber(startsAtMs or 0), tonumber(highestEpoch or 0)
end

-- An epoch that neither the room nor a standby of it has ever had.
local function nextEpoch(room) return math.max(room.epoch, room.highestEpoch) + 1 + epochSkip end

-- When a reservation for the room lapses: later for a meeting that is about to start, so that its capacity is kept for
-- participants who come after the first ones.
local function reservationEndOf(room)
  local ends, starts = now + limits.reservationMs, room.startsAtMs
  if starts > now and starts - now <= limits.scheduledLeadMs then ends = math.max(ends, starts + limits.scheduledGraceMs) end
  return ends
end
