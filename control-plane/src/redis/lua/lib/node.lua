-- Nodes as tables. A node is read once per script, because the rooms of a batch need the same few nodes; a script that
-- changes a field in Redis changes the table as well.

local nodesRead = {}

-- The fields that placing needs; nil if the node is not enrolled in this shard. leavingUntilMs: 0 if its agent is not
-- stopping.
local function readNode(nodeId)
  local known = nodesRead[nodeId]
  if known ~= nil then return known or nil end
  -- In the order of the record (nodes/enrol-node.lua): Redis looks fields up one by one.
  local site, state, up, seenMs, utilisationPpm, capacityTracks, reservedTracks, joinsPerSecMax, joinsInSecond, eligible,
    standbyTracks, upSinceMs, zone, leavingUntilMs, noEntryMs = unpack(redis.call('HMGET', nodeKey(nodeId), 'site', 'state', 'up',
    'seenMs', 'utilisationPpm', 'capacityTracks', 'reservedTracks', 'joinsPerSecMax', 'joinsInSecond', 'eligible',
    'standbyTracks', 'upSinceMs', 'zone', 'leavingUntilMs', 'noEntryMs'))
  if not site then
    nodesRead[nodeId] = false
    return nil
  end
  local node = {
    id = nodeId, site = site, zone = zone or '', state = state or '', up = up == '1', eligible = eligible == '1',
    seenMs = tonumber(seenMs or 0), upSinceMs = tonumber(upSinceMs or 0), leavingUntilMs = tonumber(leavingUntilMs or 0),
    utilisationPpm = tonumber(utilisationPpm or 0), capacityTracks = tonumber(capacityTracks or 0),
    reservedTracks = tonumber(reservedTracks or 0), standbyTracks = tonumber(standbyTracks or 0),
    noEntryMs = tonumber(noEntryMs or 0), joinsPerSecMax = tonumber(joinsPerSecMax or 0), joinsInSecond = tonumber(joinsInSecond or 0),
  }
  nodesRead[nodeId] = node
  return node
end

-- The same node with the fields that reports, sweeps and restarts need. livekitStartSec is by the node's own clock, nil
-- if it is not known; livekitSeenMs is when that LiveKit was first seen.
local function readWholeNode(nodeId)
  local node = readNode(nodeId)
  if not node then return nil end
  local rooms, participants, bootId, lastBootId, seq, roomsSeq, secretHash, reached, livekitStart, restartAskedMs =
    unpack(redis.call('HMGET', nodeKey(nodeId), 'rooms', 'participants', 'bootId', 'lastBootId', 'seq', 'roomsSeq',
      'secretHash', 'reached', 'livekitStart', 'restartAskedMs'))
  node.rooms, node.participants = tonumber(rooms or 0), tonumber(participants or 0)
  node.bootId, node.lastBootId, node.seq, node.roomsSeq = bootId or '', lastBootId or '', tonumber(seq or 0), tonumber(roomsSeq or 0)
  node.secretHash, node.reached, node.restartAskedMs = secretHash or '', reached == '1', tonumber(restartAskedMs or 0)
  local startSec, seenMs = string.match(livekitStart or '', '^(%S+) (%d+)$')
  node.livekitStartSec, node.livekitSeenMs = tonumber(startSec), tonumber(seenMs or 0)
  return node
end

local credentialsRead = {}
-- URL, API key, sealed secret and agent version, one per line; '' if the node is not enrolled.
local function credentialsOf(nodeId)
  credentialsRead[nodeId] = credentialsRead[nodeId] or redis.call('GET', credentialsKey(nodeId)) or ''
  return credentialsRead[nodeId]
end
local function urlOf(nodeId) return string.match(credentialsOf(nodeId), '^[^\n]*') end
