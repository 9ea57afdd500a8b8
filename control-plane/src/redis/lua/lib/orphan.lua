-- A room of which only its node knows. Needs limits and keys.lua.

-- When writes were lost, or all of them: for a while it is one whose record was lost, not one whose link has run out.
local lostAtMs
local function recordsWereLost(now)
  if not lostAtMs then
    local m = redis.call('HMGET', metaKey, 'rewoundMs', 'bornMs')
    lostAtMs = math.max(tonumber(m[1] or 0), tonumber(m[2] or 0))
  end
  return now - lostAtMs < limits.rebuildMs
end

-- Then people come in by its link again; who was a host stays one by the ticket. Returns its new end, or nil.
local function adoptOrphan(roomId, now)
  if not recordsWereLost(now) then return nil end
  local expiresAt = string.format('%.0f', now + limits.orphanMs)
  redis.call('HSET', roomKey(roomId), 'expiresAtMs', expiresAt, 'title', '', 'cost', limits.defaultCostTracks)
  return expiresAt
end
