-- Takes reports and answers each with what the node is to do. Many in one call, because 20,000 nodes report every few
-- seconds. The work is proportional to what has changed.
-- Arguments
--   KEYS[1]: shard prefix
-- For each item
--   node: text
--   secretHash: text
--   bootId: text, id of the agent process
--   seq: number
--   up: flag, LiveKit runs
--   utilisationPpm: number?, absent: it could not be read, and the last value is kept
--   capacityTracks: number
--   joinsPerSecMax: number
--   staysMs: number?, the agent is stopping and waits this long
--   wantsUrl: flag, the replica is ready to probe the node
--   details: text, JSON for the operations page
--   rooms: (JSON { since, names, tracks, gone, rooms, participants })?, absent: they could not be read, and the last
--     ones are kept
--   livekitStartSec: number?, by the node’s clock
--   cannotRestart: flag, the agent cannot restart LiveKit
-- Answers, one for each item
--   taken
--     state: serving | cordoned | draining
--     site: text
--     wantsWhole: flag, the next report is to list all rooms
--     orders: [name, drop | moved | changed, …], by room name
--     foreignRooms: [name, number, …], tracks of rooms whose record is in another shard; -1: it is over
--     offlineGrant: text?, present with foreignRooms, if the node ever had one
--     unreachedUrl: text?, present if it was wanted and no replica has reached the node
--     letsNobodyIn: flag, nobody could join on it when it was last tried
--     isRestartWanted: flag
--   stale
--     state: serving | cordoned | draining
--     site: text
--   node_unauthorized
-- This header is generated from the definition of the script in redis/scripts.

-- @include nodes/take-rooms
-- @include lib/changes
-- @include lib/clock
-- @include lib/node
-- @include lib/node-status
-- @include lib/reservations
-- @include lib/standby

-- Detects a new LiveKit process. Its start is by the node's own clock and compared only with what the same node has
-- reported before; where it is not known, a LiveKit that comes up counts as a new process.
local function noticeLivekit(node, startSec, cameUp)
  local isOther
  if node.livekitStartSec then
    isOther = startSec and math.abs(startSec - node.livekitStartSec) > limits.clockStepSec
  else
    isOther = cameUp
  end
  if not isOther and (not startSec or startSec == node.livekitStartSec) then return end
  node.livekitStartSec = startSec or node.livekitStartSec
  if isOther then node.livekitSeenMs = now end
  redis.call('HSET', nodeKey(node.id), 'livekitStart',
    (node.livekitStartSec or '?') .. ' ' .. string.format('%.0f', node.livekitSeenMs))
end

-- An agent that is stopping sends with each report how long it still waits; one that was started again sends nothing.
local function noticeLeaving(node, staysMs)
  local untilMs = 0
  if staysMs then untilMs = node.leavingUntilMs > 0 and node.leavingUntilMs or now + staysMs end
  if untilMs == node.leavingUntilMs then return end
  node.leavingUntilMs = untilMs
  redis.call('HSET', nodeKey(node.id), 'leavingUntilMs', untilMs)
  if untilMs > 0 then redis.call('SADD', drainingKey, node.id) end
end

-- The node's state and load, as reported.
local function takeReading(node, report)
  local key, cameUp = nodeKey(node.id), report.up and not node.up
  noticeLivekit(node, report.livekitStartSec, cameUp)
  if cameUp then
    node.upSinceMs = now
    redis.call('HSET', key, 'upSinceMs', now)
  end
  node.up, node.seq, node.seenMs = report.up, report.seq, now
  redis.call('HSET', key, 'up', report.up and 1 or 0, 'seq', report.seq, 'seenMs', now, 'joinsPerSecMax', report.joinsPerSecMax,
    'capacityTracks', report.capacityTracks)
  noticeLeaving(node, report.staysMs)
  redis.call('SET', nodeDetailsKey(node.id), report.details)
  redis.call('ZADD', lastReportsKey(node.site), now, node.id)
  -- Without LiveKit there is no load; what the agent could not read keeps its last value.
  local utilisationPpm = not report.up and 0 or report.utilisationPpm or node.utilisationPpm
  if utilisationPpm ~= node.utilisationPpm then redis.call('HSET', key, 'utilisationPpm', utilisationPpm) end
  setEligible(node, serves(node), utilisationPpm, report.capacityTracks)
end

local function takeReport(report, rooms)
  local node = readWholeNode(report.node)
  if not node or node.secretHash ~= report.secretHash then return answer.node_unauthorized {} end
  -- A late report, or one that came twice.
  if report.bootId == node.bootId and report.seq <= node.seq then
    return answer.stale { state = node.state, site = node.site }
  end
  -- From before a restart of the agent. If a late report was taken for a new start, the agent that runs is refused
  -- here, enrols again and is then the one that counts.
  if report.bootId == node.lastBootId then return answer.node_unauthorized {} end
  if report.bootId ~= node.bootId then
    redis.call('HSET', nodeKey(node.id), 'bootId', report.bootId, 'lastBootId', node.bootId)
    node.roomsSeq = 0
  end
  takeReading(node, report)
  local wantsWhole, findings = false, newFindings()
  local isRestartWanted = false
  if not node.up then
    loseAllRooms(node)
  else
    isRestartWanted = node.restartAskedMs > 0 and node.restartAskedMs >= node.livekitSeenMs
    if isRestartWanted and report.cannotRestart then redis.call('HSET', restartKey(node.site), 'cannotRestart', 1) end
    releaseLapsed(node)
    if rooms then wantsWhole = takeRooms(node, rooms, findings) end
    yieldLiveStandbys(node, limits.joinCapPpm)
    local waiting = redis.call('HGETALL', roomOrdersKey(node.id))
    for i = 1, #waiting, 2 do addPair(findings.orders, waiting[i], waiting[i + 1]) end
    if #waiting > 0 then redis.call('DEL', roomOrdersKey(node.id)) end
  end
  return answer.taken {
    state = node.state,
    site = node.site,
    wantsWhole = wantsWhole,
    orders = findings.orders,
    foreignRooms = findings.foreignRooms,
    offlineGrant = #findings.foreignRooms > 0 and redis.call('HGET', nodeKey(node.id), 'offlineGrant'),
    unreachedUrl = report.wantsUrl and node.up and not node.reached and urlOf(node.id),
    letsNobodyIn = node.noEntryMs > 0,
    isRestartWanted = isRestartWanted,
  }
end

-- Before the first write, because a text that is no JSON ends the script.
local decoded, at, answers = {}, 0, {}
for report in each() do
  at = at + 1
  decoded[at] = report.rooms and cjson.decode(report.rooms)
end
at = 0
for report in each() do
  at = at + 1
  table.insert(answers, takeReport(report, decoded[at]))
end
return answers
