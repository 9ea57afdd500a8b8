-- The ordered restart of a site's nodes: one record per site. Any replica may take the next step.
-- @include lib/clock
-- @include lib/drain
-- @include lib/node-status

-- nil: no restart is under way, and none has ended recently.
local function readRestart(site)
  local state, node, stateBefore, after, done, skipped, total, beganMs, turnBeganMs, sinceMs, backMs, reason, needTracks,
    freeTracks, cannotRestart, stopping = unpack(redis.call('HMGET', restartKey(site), 'state', 'node', 'stateBefore',
    'after', 'done', 'skipped', 'total', 'beganMs', 'turnBeganMs', 'sinceMs', 'backMs', 'reason', 'needTracks',
    'freeTracks', 'cannotRestart', 'stopping'))
  if not state then return nil end
  return {
    site = site, state = state, node = node, stateBefore = stateBefore, after = after, reason = reason,
    done = tonumber(done), skipped = tonumber(skipped), total = tonumber(total), beganMs = tonumber(beganMs),
    turnBeganMs = tonumber(turnBeganMs), sinceMs = tonumber(sinceMs), backMs = tonumber(backMs),
    needTracks = tonumber(needTracks), freeTracks = tonumber(freeTracks), cannotRestart = cannotRestart == '1',
    stopping = stopping == '1',
  }
end

local function newRestart(site, total)
  return {
    site = site, state = 'waiting', node = '', stateBefore = '', after = '', reason = '', done = 0, skipped = 0,
    total = total, beganMs = now, turnBeganMs = 0, sinceMs = now, backMs = 0, needTracks = 0, freeTracks = 0,
    cannotRestart = false, stopping = false,
  }
end

local function saveRestart(r)
  redis.call('HSET', restartKey(r.site), 'state', r.state, 'node', r.node, 'stateBefore', r.stateBefore, 'after', r.after,
    'done', r.done, 'skipped', r.skipped, 'total', r.total, 'beganMs', r.beganMs, 'turnBeganMs', r.turnBeganMs,
    'sinceMs', r.sinceMs, 'backMs', r.backMs, 'reason', r.reason, 'needTracks', r.needTracks, 'freeTracks', r.freeTracks,
    'cannotRestart', r.cannotRestart and 1 or 0, 'stopping', r.stopping and 1 or 0)
end

local function enterState(r, state, reason)
  r.state, r.reason, r.sinceMs = state, reason or '', now
end

-- It reports, and LiveKit runs there.
local function isWell(node) return node.up and not isSilent(node) end

-- The node's turn is over: it returns to the state before, unless an operator has set another one since.
local function giveBack(r, node)
  redis.call('HDEL', nodeKey(node.id), 'restartAskedMs')
  if node.state == 'draining' and r.stateBefore ~= '' and r.stateBefore ~= 'draining' then setState(node, r.stateBefore) end
end

-- On to the next node.
local function endTurn(r, isDone)
  enterState(r, 'waiting')
  r.after, r.node, r.stateBefore, r.needTracks, r.freeTracks, r.cannotRestart, r.backMs = r.node, '', '', 0, 0, false, 0
  if isDone then r.done = r.done + 1 else r.skipped = r.skipped + 1 end
  saveRestart(r)
end
