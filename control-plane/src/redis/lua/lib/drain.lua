-- Emptying a node. Needs limits, keys.lua and node.lua.

-- Tracks of its rooms, and tracks free for them: what the other nodes here would take, and the other sites
-- ('site tracks,site tracks') unless its own keeps its rooms.
local function fitOf(n, elsewhere)
  local s, own = readSite(n.site), n.eligible == 1 and 1 or 0
  local cap, used = s.cap - own * n.capTracks, s.load + s.res - own * (loadTracks(n) + n.resTracks)
  local free = math.max(0, cap * limits.joinCapPpm / 1000000 - used)
  if s.boundary ~= 'hard' then
    for other, tracks in string.gmatch(elsewhere, '([^ ,]+) (%d+)') do
      if other ~= n.site then free = free + tonumber(tracks) end
    end
  end
  return loadTracks(n) + n.resTracks, math.floor(free)
end

-- serving | cordoned | draining, which is planned to end after `withinMs`. The caller settles.
local function setState(n, state, now, withinMs)
  n.state = state
  redis.call('HSET', nodeKey(n.id), 'state', state)
  if state == 'draining' then
    redis.call('HSET', nodeKey(n.id), 'drainUntilMs', string.format('%.0f', now + withinMs), 'drainRooms',
      redis.call('SCARD', liveKey(n.id)))
    redis.call('SADD', emptyingKey, n.id)
  else redis.call('HDEL', nodeKey(n.id), 'drainUntilMs', 'drainRooms') end
  account(n, serves(n) and now - n.seenMs <= limits.suspectMs)
end
