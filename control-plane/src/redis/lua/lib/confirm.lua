-- What a node's report of a room means for the room's record.
-- @include lib/clock
-- @include lib/lost-records
-- @include lib/room-names
-- @include reports/claim

-- Whether the room runs, or is about to, on the node of its record. For a node of another shard that is not known: it counts
-- as running.
local function runsOn(node, roomId, epoch)
  if elsewhereOf(node) then return true end
  local name = nameOf(roomId, epoch)
  return redis.call('SISMEMBER', liveRoomsKey(node), name) == 1
    or tonumber(redis.call('ZSCORE', reservationEndsKey(node), name) or 0) > now
end

-- A meeting runs: the link of one without a date lives on, and nobody who is in is thrown out by a date.
local function prolong(roomId, expiresAtMs)
  local leftMs, key = expiresAtMs - now, roomKey(roomId)
  local linkMs = tonumber(redis.call('HGET', key, 'linkMs') or 0)
  if linkMs > 0 and leftMs < linkMs - limits.linkStepMs then
    redis.call('HSET', key, 'expiresAtMs', now + linkMs)
    redis.call('PEXPIRE', key, linkMs)
    redis.call('ZADD', roomEndsKey, now + linkMs, roomId)
  elseif leftMs < limits.lateRoomMs then
    redis.call('PEXPIRE', key, 2 * limits.lateRoomMs)
  end
end

-- A node reports that it carries this room at this epoch. Returns its order: 'drop' if the meeting is over, 'moved' if
-- it runs elsewhere or the node was never given it; else nil and the room's cost if it is known (0 for a standby). `by`:
-- the node (reports/claim.lua).
local function confirm(roomId, epoch, by, tracks)
  local key, here = roomKey(roomId), by.here
  local node, recordEpoch, expiresAtMs, cost, peakTracks, standby, highestEpoch = unpack(redis.call('HMGET', key, 'node',
    'epoch', 'expiresAtMs', 'cost', 'peakTracks', 'standby', 'highestEpoch'))
  local current = tonumber(recordEpoch or 0)
  -- After a host has ended the meeting, its record stays, without an end.
  if expiresAtMs and hasEnded(expiresAtMs) then return 'drop' end
  local isHere = epoch == current and node == here
  if isHere and expiresAtMs then prolong(roomId, tonumber(expiresAtMs)) end
  if expiresAtMs and isOver(expiresAtMs) and not isHere and standby ~= epoch .. ' ' .. here then return 'drop' end
  if standby == epoch .. ' ' .. here then return nil, 0 end
  if epoch < current or (epoch == current and node ~= here) then return 'moved' end
  if epoch > current then
    local highest = math.max(current, tonumber(highestEpoch or 0))
    if recordEpoch then
      -- Up to the highest, it was a standby that has been given up.
      if epoch <= highest or not mayRaise(roomId, highest, epoch, by) then
        noteOffline(roomId, epoch, by)
        return 'moved'
      end
      -- Placed here by the agent of an offline branch while the meeting went on elsewhere: the other participants keep
      -- the room.
      if epoch >= limits.offlineEpochs and node and node ~= '' and node ~= here and runsOn(node, roomId, current) then
        noteOffline(roomId, epoch, by)
        return 'moved'
      end
    elseif not mayCreate(epoch, by) then
      return 'moved'
    end
    redis.call('HSET', key, 'node', here, 'epoch', epoch)
    redis.call('HDEL', key, 'standby')
    noteOffline(roomId, epoch, by)
    -- A record that is written again after a loss has no expiry and would stay for ever. One of an offline meeting is
    -- completed in a moment, by its agent.
    if redis.call('PTTL', key) < 0 then
      redis.call('PEXPIRE', key, recordsWereLost() and limits.lostRecordMs or limits.unclaimedRecordMs)
    end
  end
  if not expiresAtMs then restoreRecord(roomId) end
  if tracks > tonumber(peakTracks or 0) then redis.call('HSET', key, 'peakTracks', tracks) end
  return nil, tonumber(cost or 0)
end

-- The room is over on its node: its size is what the next meeting of this link, or of its tenant, is expected to cost.
local function learnCost(roomId, epoch)
  local key = roomKey(roomId)
  local peakTracks, costDeclared, tenant, cost, recordEpoch =
    unpack(redis.call('HMGET', key, 'peakTracks', 'costDeclared', 'tenant', 'cost', 'epoch'))
  local peak = tonumber(peakTracks or 0)
  if peak <= 0 or not cost or tonumber(recordEpoch or 0) ~= epoch then return end
  redis.call('HDEL', key, 'peakTracks')
  if not costDeclared then redis.call('HSET', key, 'cost', math.max(limits.leastCostTracks, peak)) end
  if tenant then
    local before = tonumber(redis.call('HGET', learnedCostsKey, tenant) or peak)
    redis.call('HSET', learnedCostsKey, tenant, math.max(limits.leastCostTracks, math.ceil(0.8 * before + 0.2 * peak)))
  end
end
