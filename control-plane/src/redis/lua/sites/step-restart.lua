-- Purpose: the next step of the ordered restart of a site's nodes, if one is due. Any replica may ask: each step is taken once.
-- @include limits
-- @include keys
-- @include clock
-- @include node
-- @include drain
-- @include restart
-- KEYS[1] root
-- ARGV 1 site, 2 what other sites would take ('site tracks,site tracks')
-- Returns { 'idle' } | { 'drained' | 'restarted' | 'skipped' | 'back', node } | { 'stuck', node, reason } | { 'ended', done, skipped };
--         drained: its drain began; restarted: it is empty, LiveKit is to be restarted; back: it serves again
local site, now = ARGV[1], nowMs()
local r = readRestart(site)
if not r or r.state == 'done' then return { 'idle' } end
local function put(change) putRestart(site, r, change) end

local function stuck(reason)
  put({ state = 'stuck', reason = reason, sinceMs = now })
  return { 'stuck', r.node, reason }
end
-- What an operator wants of a node comes first: it is no longer ours.
local function takenBack(n)
  redis.call('HDEL', nodeKey(n.id), 'restart')
  put({ before = '' })
  return stuck('taken_back')
end

-- Another node of the site that still has rooms to lose: two at once would be two too few. One that was emptied and is kept so
-- stands in nobody's way.
local function anotherIsEmptied(id)
  for _, other in ipairs(redis.call('SMEMBERS', emptyingKey)) do
    local n = other ~= id and readNode(other)
    if n and n.site == site and isWell(n, now) and redis.call('SCARD', liveKey(other)) > 0 then return true end
  end
  return false
end

-- There is nothing to restart: it is silent for long, or was waited for.
local function isAway(n)
  if n.seenMs == 0 or now - n.seenMs > limits.frozenDeadMs then return true end
  return not isWell(n, now) and r.reason == 'silent' and now - r.sinceMs > limits.restartBackMs
end

-- Why the node's turn cannot begin now; nil: it can.
local function obstacle(n)
  if frozen(site, now) then return 'frozen' end
  if not isWell(n, now) then return 'silent' end
  if n.leaving > 0 then return 'leaving' end
  if anotherIsEmptied(n.id) then return 'another_drain' end
  -- Drained by an operator: its rooms find their places already.
  if n.state == 'draining' then return nil end
  local need, free = fitOf(n, ARGV[2])
  if need > free then return 'no_room', need, free end
end

if r.state == 'waiting' then
  local from = r.after == '' and '-' or '(' .. r.after
  local id = redis.call('ZRANGEBYLEX', namesKey(site), from, '+', 'LIMIT', 0, 1)[1]
  if not id then
    put({ state = 'done', node = '', reason = '' })
    redis.call('PEXPIRE', restartKey(site), limits.restartShownMs)
    return { 'ended', r.done, r.skipped }
  end
  local n = readWhole(id)
  put({ node = id })
  -- Another LiveKit than when all this began: a new node, or somebody was faster.
  if n and n.runsMs > r.beganMs and isWell(n, now) then
    goOn(site, r, 'done', now)
    return { 'back', id }
  end
  if not n or isAway(n) then
    goOn(site, r, 'skipped', now)
    return { 'skipped', id }
  end
  local reason, need, free = obstacle(n)
  if reason then
    put({ sinceMs = reason == r.reason and r.sinceMs or now, reason = reason, need = need or 0, free = free or 0 })
    return { 'idle' }
  end
  put({ state = 'draining', before = n.state, askedMs = now, sinceMs = now, reason = '', need = 0, free = 0 })
  if n.state ~= 'draining' then setState(n, 'draining', now, limits.restartDrainMs) end
  settle()
  return { 'drained', id }
end

local n = readWhole(r.node)
if not n or n.site ~= site then
  local id = r.node
  goOn(site, r, 'skipped', now)
  return { 'skipped', id }
end
local anew = n.runsMs > r.askedMs

if r.state == 'draining' then
  if n.state ~= 'draining' then return takenBack(n) end
  if anew or (n.people == 0 and redis.call('SCARD', liveKey(n.id)) == 0) then
    put({ state = 'restarting', sinceMs = now })
    redis.call('HSET', nodeKey(n.id), 'restart', string.format('%.0f', r.askedMs))
    return { 'restarted', n.id }
  end
  if now - r.sinceMs <= limits.restartDrainMs then return { 'idle' } end
  giveBack(n, r, now)
  settle()
  put({ before = '' })
  return stuck('not_empty')
end

-- Somebody restarts it by hand, however long that takes: as soon as it is seen, all goes on by itself.
local byHand = r.state == 'stuck' and r.reason == 'by_hand'
if r.state == 'restarting' or byHand then
  if n.state ~= 'draining' then return takenBack(n) end
  if anew and isWell(n, now) then
    put({ state = 'restarting', reason = '', sinceMs = byHand and now or r.sinceMs, backMs = r.backMs > 0 and r.backMs or now })
    -- A version that comes up and falls over is not back.
    if now - math.max(r.backMs, n.upSinceMs) >= limits.restartSteadyMs then
      giveBack(n, r, now)
      settle()
      local ends = r.stopping == 1
      goOn(site, r, 'done', now)
      if ends then redis.call('DEL', restartKey(site)) end
      return { 'back', n.id }
    end
  else put({ backMs = 0 }) end
  if byHand then return { 'idle' } end
  if r.cannot == 1 and not anew then return stuck('by_hand') end
  if now - r.sinceMs > limits.restartBackMs then return stuck('not_back') end
end
return { 'idle' }
