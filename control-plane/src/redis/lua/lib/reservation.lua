-- A reservation is load promised to a placement that has not shown up yet. Per node: one hash (room name → tracks),
-- one sorted set (room name → when it lapses), and their sum in the node's reservedTracks.

local function releaseReservation(node, name)
  local key = nodeKey(node)
  local tracks = tonumber(redis.call('HGET', key .. ':reserved', name) or 0)
  if tracks ~= 0 then
    redis.call('HDEL', key .. ':reserved', name)
    redis.call('HINCRBY', key, 'reservedTracks', -tracks)
  end
  redis.call('ZREM', key .. ':lapse', name)
end

-- Asking again is the same reservation: it is set, not added.
local function reserve(node, name, tracks, lapseAtMs)
  local key = nodeKey(node)
  local before = tonumber(redis.call('HGET', key .. ':reserved', name) or 0)
  if before ~= tracks then
    redis.call('HSET', key .. ':reserved', name, tracks)
    redis.call('HINCRBY', key, 'reservedTracks', tracks - before)
  end
  redis.call('ZADD', key .. ':lapse', lapseAtMs, name)
end

-- Bounded, so that one call never pays for a whole storm of lapsed promises.
local function releaseLapsed(node, now)
  local lapsed = redis.call('ZRANGEBYSCORE', nodeKey(node) .. ':lapse', '-inf', now, 'LIMIT', 0, 100)
  for _, name in ipairs(lapsed) do releaseReservation(node, name) end
end

local function dropAllReservations(node)
  local key = nodeKey(node)
  redis.call('DEL', key .. ':reserved', key .. ':lapse')
  redis.call('HSET', key, 'reservedTracks', 0)
end
