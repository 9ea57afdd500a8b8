-- A reservation is load promised to a placement that has not shown up yet. Per node: one hash (name → tracks), one
-- sorted set (name → when it lapses), and their sum in the node's resTracks and its site's res. A name is that of the
-- room on the node, `<roomId>~<epoch>`, or `+<roomId>~<epoch>` for its standby. Needs keys.lua and node.lua.

local function changeReserved(n, name, by)
  n.resTracks = n.resTracks + by
  if string.sub(name, 1, 1) == '+' then n.standbyTracks = n.standbyTracks + by end
  if n.eligible == 1 then addToSite(n.site, 'res', by) end
  changed[n.id] = n
end

local function reservedOf(n, name) return tonumber(redis.call('HGET', reservedKey(n.id), name) or 0) end

-- Asking again is the same reservation: it is set, not added. `before`: what is reserved by that name, where it is known.
local function reserve(n, name, tracks, lapseAtMs, before)
  before = before or reservedOf(n, name)
  if before ~= tracks then
    redis.call('HSET', reservedKey(n.id), name, tracks)
    changeReserved(n, name, tracks - before)
  end
  redis.call('ZADD', lapseKey(n.id), lapseAtMs, name)
end

local function release(n, name)
  local tracks = reservedOf(n, name)
  if tracks ~= 0 then changeReserved(n, name, -tracks) end
  redis.call('HDEL', reservedKey(n.id), name)
  redis.call('ZREM', lapseKey(n.id), name)
end

-- The promise melts as the load is seen.
local function melt(n, name, left)
  local before = reservedOf(n, name)
  if before <= 0 or left >= before then return end
  if left > 0 then redis.call('HSET', reservedKey(n.id), name, left) else redis.call('HDEL', reservedKey(n.id), name) end
  changeReserved(n, name, left - before)
end

-- What a promise is still worth: whoever has not come by now comes less and less likely. Whole until its last
-- reservationMs, then less in proportion to the time.
local function worthOf(cost, lapseAtMs, now)
  return math.ceil(cost * math.max(0, math.min(1, (lapseAtMs - now) / limits.reservationMs)))
end

-- Bounded, so that one call never pays for a whole storm of lapsed promises.
local function releaseLapsed(n, now)
  for _, name in ipairs(redis.call('ZRANGEBYSCORE', lapseKey(n.id), '-inf', now, 'LIMIT', 0, 100)) do release(n, name) end
end

local function releaseAll(n)
  if n.eligible == 1 then addToSite(n.site, 'res', -n.resTracks) end
  redis.call('DEL', reservedKey(n.id), lapseKey(n.id))
  n.resTracks, n.standbyTracks = 0, 0
  changed[n.id] = n
end
