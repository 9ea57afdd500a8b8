-- What a node's word on a room means for the room's record. Needs limits, keys.lua, room.lua and
-- lost-records.lua.

-- Whether the room runs, or is about to, where its record says. Under another root that is not known: it counts.
local function isPlaced(node, roomId, epoch, now)
  if awayAt(node) then return true end
  local name = nameOf(roomId, epoch)
  return redis.call('SISMEMBER', liveKey(node), name) == 1
    or tonumber(redis.call('ZSCORE', lapseKey(node), name) or 0) > now
end

-- A node says that it carries the room: 'drop' when it is over, 'moved' when it runs elsewhere, else its cost as far as
-- it is known (0 for a standby). The store may have lost this placement: then the nodes know better, highest epoch first.
local function sight(roomId, epoch, node, site, tracks, away, now)
  local key = roomKey(roomId)
  local room = redis.call('HMGET', key, 'node', 'epoch', 'expiresAtMs', 'cost', 'peak', 'standby', 'top')
  local current, here = tonumber(room[2] or 0), away and awayTo(site, node) or node
  -- Ended by its host: the record is there, its time is over.
  if room[3] and tonumber(room[3]) <= now then return 'drop' end
  if room[6] == epoch .. ' ' .. here then return 0 end
  if epoch < current or (epoch == current and room[1] ~= here) then return 'moved' end
  if epoch > current then
    -- Made by an agent that was cut off, while the meeting went on elsewhere: the ones over there have the room.
    if epoch >= limits.offlineEpochs and room[1] and room[1] ~= '' and room[1] ~= here and isPlaced(room[1], roomId, current, now) then
      return 'moved'
    end
    -- A standby that was given up.
    if epoch <= tonumber(room[7] or 0) then return 'moved' end
    redis.call('HSET', key, 'node', here, 'epoch', epoch)
    redis.call('HDEL', key, 'standby')
    -- A record that was lost with its link's end: it must not stay for ever.
    if redis.call('PTTL', key) < 0 then redis.call('PEXPIRE', key, limits.orphanMs) end
  end
  if not room[3] then adoptOrphan(roomId, now) end
  if tracks > tonumber(room[5] or 0) then redis.call('HSET', key, 'peak', tracks) end
  return tonumber(room[4] or 0)
end

-- The room is over on its node: what it came to is what the next one of this link, or this tenant, is expected to be.
local function learn(roomId, epoch)
  local key = roomKey(roomId)
  local room = redis.call('HMGET', key, 'peak', 'declared', 'tenant', 'cost', 'epoch')
  local peak = tonumber(room[1] or 0)
  if peak <= 0 or not room[4] or tonumber(room[5] or 0) ~= epoch then return end
  redis.call('HDEL', key, 'peak')
  if not room[2] then redis.call('HSET', key, 'cost', math.max(limits.leastCostTracks, peak)) end
  if room[3] then
    local before = tonumber(redis.call('HGET', learntKey, room[3]) or peak)
    redis.call('HSET', learntKey, room[3], math.max(limits.leastCostTracks, math.ceil(0.8 * before + 0.2 * peak)))
  end
end
