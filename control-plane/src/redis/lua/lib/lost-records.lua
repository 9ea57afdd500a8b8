-- Rooms whose record was lost with Redis's last writes, or with all of its data.
-- @include lib/clock

-- Whether records were lost within the last `withinMs` (rebuildMs by default).
local recordsLostMs
local function recordsWereLost(withinMs)
  if not recordsLostMs then
    local lostMs, createdMs = unpack(redis.call('HMGET', metaKey, 'writesLostMs', 'createdMs'))
    recordsLostMs = math.max(tonumber(lostMs or 0), tonumber(createdMs or 0))
  end
  return now - recordsLostMs < (withinMs or limits.rebuildMs)
end

-- Whether a record that was lost may have had this epoch. Those that agents assign while offline say when.
local function isPlausible(epoch)
  if epoch < limits.offlineEpochs then return epoch <= limits.restoredEpochMax end
  return (epoch - limits.offlineEpochs) * 1000 <= now + limits.agentClockMs
end

-- Makes a room that a node reports joinable by its link again; hosts are recognised by their rejoin tickets. Returns
-- the new end of the link, or nil if no records were lost: then the link of this room has expired.
local function restoreRecord(roomId)
  if not recordsWereLost() then return nil end
  local expiresAtMs = now + limits.lostRecordMs
  redis.call('HSET', roomKey(roomId), 'expiresAtMs', expiresAtMs, 'title', '', 'cost', limits.defaultCostTracks)
  return expiresAtMs
end

-- The same for a room that no node reports, because its node was lost with Redis: a ticket proves that the room existed.
-- The epoch that the participant was at is never given again. Returns whether there is a record now.
local function restoreByTicket(roomId, heldEpoch)
  if heldEpoch <= 0 or not isPlausible(heldEpoch) or not restoreRecord(roomId) then return false end
  redis.call('HSET', roomKey(roomId), 'node', '', 'epoch', heldEpoch)
  redis.call('PEXPIRE', roomKey(roomId), limits.lostRecordMs)
  return true
end
