-- The next step of the ordered restart of a site, if one is due. Every replica calls this; each step is taken once.
-- Arguments
--   KEYS[1]: shard prefix
--   site: text
--   freeElsewhere: 'site tracks,site tracks'
-- Answers
--   idle
--   drained
--     node: text, its drain has begun
--   restarted
--     node: text, it is empty, LiveKit is to be restarted
--   back
--     node: text, it serves again
--   skipped
--     node: text
--   stuck
--     node: text
--     reason: frozen | silent | leaving | another_drain | no_room | by_hand | taken_back | not_empty | not_back
--   ended
--     done: number
--     skipped: number
-- This header is generated from the definition of the script in redis/scripts.

-- @include lib/clock
-- @include lib/drain
-- @include lib/node
-- @include lib/node-status
-- @include lib/restart
local r = readRestart(site)
if not r or r.state == 'done' then return answer.idle {} end

local function stuck(reason)
  enterState(r, 'stuck', reason)
  saveRestart(r)
  return answer.stuck { node = r.node, reason = reason }
end
-- An operator has set the node's state: it is no longer part of the restart.
local function takenBack(node)
  redis.call('HDEL', nodeKey(node.id), 'restartAskedMs')
  r.stateBefore = ''
  return stuck('taken_back')
end

-- Whether another node of the site is being drained and still has rooms: the site must not miss two nodes at once. A
-- node that is drained and empty does not count.
local function anotherDrains(nodeId)
  for _, other in ipairs(redis.call('SMEMBERS', drainingKey)) do
    local node = other ~= nodeId and readNode(other)
    if node and node.site == site and isWell(node) and redis.call('SCARD', liveRoomsKey(other)) > 0 then return true end
  end
  return false
end

-- There is no LiveKit to restart: the node has been silent for long, or did not come back while the restart waited for
-- it.
local function isAway(node)
  if node.seenMs == 0 or now - node.seenMs > limits.frozenDeadMs then return true end
  return not isWell(node) and r.reason == 'silent' and now - r.sinceMs > limits.restartBackMs
end

-- Why the node's turn cannot begin now; nil: it can.
local function obstacle(node)
  if isFrozen(site) then return 'frozen' end
  if not isWell(node) then return 'silent' end
  if node.leavingUntilMs > 0 then return 'leaving' end
  if anotherDrains(node.id) then return 'another_drain' end
  -- Drained by an operator: its rooms are being moved already.
  if node.state == 'draining' then return nil end
  local needTracks, freeTracks = fitOf(node, freeElsewhere)
  if needTracks > freeTracks then return 'no_room', needTracks, freeTracks end
end

-- waiting: the turn of the next node begins.
local function beginTurn()
  local after = r.after == '' and '-' or '(' .. r.after
  local nodeId = redis.call('ZRANGEBYLEX', nodeIdsKey(site), after, '+', 'LIMIT', 0, 1)[1]
  if not nodeId then
    r.state, r.node, r.reason = 'done', '', ''
    saveRestart(r)
    redis.call('PEXPIRE', restartKey(site), limits.restartShownMs)
    return answer.ended { done = r.done, skipped = r.skipped }
  end
  local node = readWholeNode(nodeId)
  r.node = nodeId
  -- LiveKit started after the restart began: a new node, or one that was restarted already.
  if node and node.livekitSeenMs > r.beganMs and isWell(node) then
    endTurn(r, true)
    return answer.back { node = nodeId }
  end
  if not node or isAway(node) then
    endTurn(r, false)
    return answer.skipped { node = nodeId }
  end
  local reason, needTracks, freeTracks = obstacle(node)
  r.needTracks, r.freeTracks = needTracks or 0, freeTracks or 0
  if reason then
    if reason ~= r.reason then enterState(r, 'waiting', reason) end
    saveRestart(r)
    return answer.idle {}
  end
  enterState(r, 'draining')
  r.stateBefore, r.turnBeganMs = node.state, now
  saveRestart(r)
  if node.state ~= 'draining' then setState(node, 'draining', limits.restartDrainMs) end
  return answer.drained { node = nodeId }
end

-- draining: LiveKit is restarted once the node is empty.
local function stepDraining(node, isOther)
  if node.state ~= 'draining' then return takenBack(node) end
  if isOther or (node.participants == 0 and redis.call('SCARD', liveRoomsKey(node.id)) == 0) then
    enterState(r, 'restarting')
    saveRestart(r)
    redis.call('HSET', nodeKey(node.id), 'restartAskedMs', r.turnBeganMs)
    return answer.restarted { node = node.id }
  end
  if now - r.sinceMs <= limits.restartDrainMs then return answer.idle {} end
  giveBack(r, node)
  r.stateBefore = ''
  return stuck('not_empty')
end

-- restarting: the turn ends when a new LiveKit process has run for a while; one that crashes right after its start is
-- not back. `byHand`: its agent cannot restart it, and an operator does, however long that takes.
local function stepRestarting(node, isOther, byHand)
  if node.state ~= 'draining' then return takenBack(node) end
  if isOther and isWell(node) then
    r.state, r.reason = 'restarting', ''
    if byHand then r.sinceMs = now end
    if r.backMs == 0 then r.backMs = now end
    if now - math.max(r.backMs, node.upSinceMs) >= limits.restartSteadyMs then
      giveBack(r, node)
      local isLast = r.stopping
      endTurn(r, true)
      if isLast then redis.call('DEL', restartKey(site)) end
      return answer.back { node = node.id }
    end
    saveRestart(r)
  elseif r.backMs ~= 0 then
    r.backMs = 0
    saveRestart(r)
  end
  if byHand then return answer.idle {} end
  if r.cannotRestart and not isOther then return stuck('by_hand') end
  if now - r.sinceMs > limits.restartBackMs then return stuck('not_back') end
  return answer.idle {}
end

if r.state == 'waiting' then return beginTurn() end
local node = readWholeNode(r.node)
if not node or node.site ~= site then
  local nodeId = r.node
  endTurn(r, false)
  return answer.skipped { node = nodeId }
end
local isOther = node.livekitSeenMs > r.turnBeganMs
if r.state == 'draining' then return stepDraining(node, isOther) end
local byHand = r.state == 'stuck' and r.reason == 'by_hand'
if r.state == 'restarting' or byHand then return stepRestarting(node, isOther, byHand) end
return answer.idle {}
