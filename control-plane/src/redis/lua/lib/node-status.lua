-- Whether a node takes rooms, and when it is given up.
-- @include lib/clock

-- Whether its state allows new rooms. Whether it is silent is checked separately.
local function serves(node)
  return node.up and node.state == 'serving' and node.leavingUntilMs == 0 and node.noEntryMs == 0
end

local function isSilent(node) return now - node.seenMs > limits.suspectMs end

-- Whether so many nodes of the site fell silent together that the fault may be in Redis or the network. Then silence
-- by itself does not make a node dead. Nodes that have been silent for longer than frozenDeadMs do not count.
local function isFrozen(site)
  local since = now - limits.frozenDeadMs
  local silent = redis.call('ZCOUNT', lastReportsKey(site), since, '(' .. (now - limits.suspectMs))
  if silent < 2 then return false end
  local known = redis.call('ZCOUNT', lastReportsKey(site), since, '+inf')
  return silent * 1000000 > known * limits.frozenSharePpm
end

-- Its agent has reported that LiveKit is gone, it lets nobody in, or it has been silent for too long.
local function isDead(node)
  if not node.up or node.noEntryMs > 0 then return true end
  local silentMs = now - node.seenMs
  if silentMs <= limits.deadMs then return false end
  return silentMs > limits.frozenDeadMs or not isFrozen(node.site)
end
