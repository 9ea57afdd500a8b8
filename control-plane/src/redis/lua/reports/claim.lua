-- Which rooms a node may claim by reporting them. An edge node is half trusted: it speaks for the rooms that it was given.
-- @include lib/clock
-- @include lib/lost-records
-- @include lib/room-names

-- A node as the sender of claims. here: as records refer to it. grantSinceMs, grantUntilMs: of its offline grants;
-- startsUntilMs: of those under which it may also start meetings; 0: it never had one. capacityTracks: nil if not known.
local function claimant(nodeId, here, grant, capacityTracks)
  local sinceMs, untilMs, startsUntilMs = string.match(grant or '', '^(%d+) (%d+) (%d+)$')
  return {
    id = nodeId, here = here, grantSinceMs = tonumber(sinceMs or 0), grantUntilMs = tonumber(untilMs or 0),
    startsUntilMs = tonumber(startsUntilMs or 0),
    mostRecords = capacityTracks and math.min(limits.restoredRoomsMax, math.ceil(capacityTracks / limits.leastRoomTracks))
      or limits.restoredRoomsMax,
  }
end

-- restoredRooms has hour × RECORDS + records in that hour.
local RECORDS = 1000000
-- Counts a record that is written because of a node's report alone. false: the node has used up what it may cause in
-- this hour, which is as much as it could carry.
local function countRecord(by)
  if by.isUsedUp then return false end
  local hour, counted = math.floor(now / 3600000), tonumber(redis.call('HGET', restoredRoomsKey, by.id) or 0)
  local records = math.floor(counted / RECORDS) == hour and counted % RECORDS or 0
  by.isUsedUp = records >= by.mostRecords
  if by.isUsedUp then return false end
  redis.call('HSET', restoredRoomsKey, by.id, hour * RECORDS + records + 1)
  return true
end

-- Whether the node held an offline grant when its agent assigned this epoch. Its clock may be off by a little.
local function isGranted(epoch, sinceMs, untilMs)
  if epoch < limits.offlineEpochs or untilMs == 0 or now - untilMs > limits.grantProofMs then return false end
  local atMs = (epoch - limits.offlineEpochs) * 1000
  return atMs >= sinceMs - limits.agentClockMs and atMs <= math.min(now, untilMs) + limits.agentClockMs
end

-- The report is of a room that the node's agent let people into while offline, and which now runs elsewhere: they come
-- back with tickets of that agent.
local function noteOffline(roomId, epoch, by)
  if not isGranted(epoch, by.grantSinceMs, by.grantUntilMs) then return end
  local ranOn = redis.call('HGET', roomKey(roomId), 'ranOn')
  local longer = ranAlsoOn(ranOn, by.id)
  if longer then redis.call('HSET', roomKey(roomId), 'ranOn', longer) end
end

-- A room without a record.
local function mayCreate(epoch, by)
  local isLost = recordsWereLost() and isPlausible(epoch)
  return (isLost or isGranted(epoch, by.grantSinceMs, by.startsUntilMs)) and countRecord(by)
end

-- A room with a record, at an epoch that is above every epoch in it.
local function mayRaise(roomId, highest, epoch, by)
  local node, ranOn, adoptedFrom, hostKeyHash = unpack(redis.call('HMGET', roomKey(roomId), 'node', 'ranOn', 'adoptedFrom',
    'hostKeyHash'))
  local isOwn = node == by.here or adoptedFrom == by.id or hasRunOn(ranOn, by.id)
  if isOwn and isGranted(epoch, by.grantSinceMs, by.grantUntilMs) then return true end
  -- Of a record that was itself restored, nothing is known but what nodes report.
  if not hostKeyHash then return recordsWereLost() and isPlausible(epoch) end
  local lostMs, skip = unpack(redis.call('HMGET', metaKey, 'writesLostMs', 'epochSkip'))
  if not lostMs or now - tonumber(lostMs) >= limits.rebuildMs then return false end
  return epoch <= highest + limits.epochSkip * (1 + tonumber(skip or 0))
end
