-- Purpose: cordon, uncordon or drain a node. Takes effect on the next placement; the node hears of it with its next report.
-- @include limits
-- @include keys
-- @include clock
-- @include node
-- KEYS[1] root
-- ARGV 1 node, 2 state (serving | cordoned | draining), 3 draining: how long it may take in ms, else '',
--      4 draining: what other sites would take ('site tracks,site tracks'), or 'any': not to be asked
-- Returns { 'unknown' } | { 'set' } | { 'too_full', tracks of its rooms, tracks free for them }
local n = readNode(ARGV[1])
if not n then return { 'unknown' } end
local now = nowMs()

-- What the other nodes here would take, and the other sites unless its own keeps its rooms.
local function freeFor(site)
  local s, own = readSite(site), n.eligible == 1 and 1 or 0
  local cap, used = s.cap - own * n.capTracks, s.load + s.res - own * (loadTracks(n) + n.resTracks)
  local free = math.max(0, cap * limits.joinCapPpm / 1000000 - used)
  if s.boundary == 'hard' then return free end
  for other, tracks in string.gmatch(ARGV[4], '([^ ,]+) (%d+)') do
    if other ~= site then free = free + tonumber(tracks) end
  end
  return free
end
if ARGV[2] == 'draining' and n.state ~= 'draining' and ARGV[4] ~= 'any' then
  local need, free = loadTracks(n) + n.resTracks, freeFor(n.site)
  if need > free then return { 'too_full', need, math.floor(free) } end
end
n.state = ARGV[2]
redis.call('HSET', nodeKey(n.id), 'state', ARGV[2])
if ARGV[2] == 'draining' then
  redis.call('HSET', nodeKey(n.id), 'drainUntilMs', string.format('%.0f', now + tonumber(ARGV[3])), 'drainRooms',
    redis.call('SCARD', liveKey(n.id)))
  redis.call('SADD', emptyingKey, n.id)
else redis.call('HDEL', nodeKey(n.id), 'drainUntilMs', 'drainRooms') end
account(n, serves(n) and now - n.seenMs <= limits.suspectMs)
settle()
return { 'set' }
