-- A room of which only its node knows. Needs limits and keys.lua.

-- When writes were lost, or all of them: for a while (rebuildMs, unless another time is said) it is one whose record was
-- lost, not one whose link has run out.
local lostAtMs
local function recordsWereLost(now, withinMs)
  if not lostAtMs then
    local m = redis.call('HMGET', metaKey, 'rewoundMs', 'bornMs')
    lostAtMs = math.max(tonumber(m[1] or 0), tonumber(m[2] or 0))
  end
  return now - lostAtMs < (withinMs or limits.rebuildMs)
end

-- Then people come in by its link again; who was a host stays one by the ticket. Returns its new end, or nil.
local function adoptOrphan(roomId, now)
  if not recordsWereLost(now) then return nil end
  local expiresAt = string.format('%.0f', now + limits.orphanMs)
  redis.call('HSET', roomKey(roomId), 'expiresAtMs', expiresAt, 'title', '', 'cost', limits.defaultCostTracks)
  return expiresAt
end

-- No node knows it either: its node went down with Redis. Somebody's ticket proves that it was; where they were, by their
-- own word, is never given again.
local function adoptByTicket(roomId, held, now)
  if held <= 0 or not adoptOrphan(roomId, now) then return false end
  redis.call('HSET', roomKey(roomId), 'node', '', 'epoch', string.format('%.0f', held))
  redis.call('PEXPIRE', roomKey(roomId), limits.orphanMs)
  return true
end
