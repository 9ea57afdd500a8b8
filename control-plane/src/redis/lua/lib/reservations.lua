-- A reservation is load kept free for a placement whose participants have not arrived yet. A node has a hash (name →
-- tracks), a sorted set (name → when it lapses) and their sum, which its site adds up as well. The name is that of the
-- room on the node, `<roomId>~<epoch>`, or `+<roomId>~<epoch>` for a standby.
-- @include lib/clock
-- @include lib/changes

local function changeReserved(node, name, by)
  node.reservedTracks = node.reservedTracks + by
  if string.sub(name, 1, 1) == '+' then node.standbyTracks = node.standbyTracks + by end
  if node.eligible then addToSite(node.site, 'reservedTracks', by) end
  reservedNodes[node.id] = node
end

local function reservedFor(node, name) return tonumber(redis.call('HGET', reservedKey(node.id), name) or 0) end

-- Sets the reservation with that name. `before`: its present value, if the caller knows it.
local function reserve(node, name, tracks, endsMs, before)
  before = before or reservedFor(node, name)
  if before ~= tracks then
    redis.call('HSET', reservedKey(node.id), name, tracks)
    changeReserved(node, name, tracks - before)
  end
  redis.call('ZADD', reservationEndsKey(node.id), endsMs, name)
end

local function release(node, name)
  local tracks = reservedFor(node, name)
  if tracks ~= 0 then changeReserved(node, name, -tracks) end
  redis.call('HDEL', reservedKey(node.id), name)
  redis.call('ZREM', reservationEndsKey(node.id), name)
end

-- Lowers it to `tracks` as the load shows up in reports; never raises it.
local function lowerReservation(node, name, tracks)
  local before = reservedFor(node, name)
  if before <= 0 or tracks >= before then return end
  if tracks > 0 then redis.call('HSET', reservedKey(node.id), name, tracks)
  else redis.call('HDEL', reservedKey(node.id), name) end
  changeReserved(node, name, tracks - before)
end

-- What is still reserved of `tracks`: all of it until reservationMs before its end, then less in proportion to the time,
-- because participants who have not arrived by then are less and less likely to come.
local function fadedReservation(tracks, endsMs)
  return math.ceil(tracks * math.max(0, math.min(1, (endsMs - now) / limits.reservationMs)))
end

-- When the reservation with that name lapses; 0: there is none.
local function reservationEnd(node, name) return tonumber(redis.call('ZSCORE', reservationEndsKey(node.id), name) or 0) end

-- At most 100, so that a call stays short when very many reservations lapse at once.
local function releaseLapsed(node)
  for _, name in ipairs(redis.call('ZRANGEBYSCORE', reservationEndsKey(node.id), '-inf', now, 'LIMIT', 0, 100)) do
    release(node, name)
  end
end

local function releaseAll(node)
  if node.eligible then addToSite(node.site, 'reservedTracks', -node.reservedTracks) end
  redis.call('DEL', reservedKey(node.id), reservationEndsKey(node.id))
  node.reservedTracks, node.standbyTracks = 0, 0
  reservedNodes[node.id] = node
end
