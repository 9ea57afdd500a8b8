-- Draining a node.
-- @include lib/clock
-- @include lib/changes
-- @include lib/node-status

-- Tracks of the node's rooms, and tracks free for them on the other nodes of its site and on other sites
-- (`freeElsewhere`, 'site tracks,site tracks') unless the site keeps its rooms.
local function fitOf(node, freeElsewhere)
  local site, own = readSite(node.site), node.eligible and 1 or 0
  local capacity = site.capacityTracks - own * node.capacityTracks
  local used = site.loadTracks + site.reservedTracks - own * (loadOf(node) + node.reservedTracks)
  local free = math.max(0, capacity * limits.joinCapPpm / 1000000 - used)
  if site.boundary ~= 'hard' then
    for other, tracks in string.gmatch(freeElsewhere, '([^ ,]+) (%d+)') do
      if other ~= node.site then free = free + tonumber(tracks) end
    end
  end
  return loadOf(node) + node.reservedTracks, math.floor(free)
end

-- serving | cordoned | draining; a drain is planned to end after `withinMs`.
local function setState(node, state, withinMs)
  node.state = state
  redis.call('HSET', nodeKey(node.id), 'state', state)
  if state == 'draining' then
    redis.call('HSET', nodeKey(node.id), 'drainUntilMs', now + withinMs, 'drainRoomsAtStart',
      redis.call('SCARD', liveRoomsKey(node.id)))
    redis.call('SADD', drainingKey, node.id)
  else
    redis.call('HDEL', nodeKey(node.id), 'drainUntilMs', 'drainRoomsAtStart')
  end
  setEligible(node, serves(node) and not isSilent(node))
end
