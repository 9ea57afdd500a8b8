-- A page of a site’s nodes in the order of their ids.
-- Arguments
--   KEYS[1]: shard prefix
--   site: text
--   after: text?
--   limit: number
-- Answers
--   nodes
--     nowMs: number
--     frozen: flag
--     nodes: [node]
-- Record node
--   node: text
--   site: text
--   zone: text
--   state: serving | cordoned | draining
--   up: flag
--   seenMs: number, 0: never
--   utilisationPpm: number
--   capacityTracks: number
--   reservedTracks: number
--   rooms: number
--   participants: number
--   credentials: text
--   details: text?, JSON
--   drain: drain?
-- Record drain
--   endsMs: number
--   roomsAtStart: number?, absent: no operator drained the node
--   roomsToMove: number
-- This header is generated from the definition of the script in redis/scripts.

-- @include lib/clock
-- @include lib/node
-- @include lib/node-status
local isSiteFrozen, nodes = isFrozen(site), {}

local function drainOf(node)
  if node.leavingUntilMs == 0 and node.state ~= 'draining' then return nil end
  local drainUntilMs, atStart = unpack(redis.call('HMGET', nodeKey(node.id), 'drainUntilMs', 'drainRoomsAtStart'))
  return record.drain {
    endsMs = node.leavingUntilMs > 0 and node.leavingUntilMs or drainUntilMs or 0,
    roomsAtStart = atStart,
    roomsToMove = redis.call('SCARD', liveRoomsKey(node.id)),
  }
end

for _, id in ipairs(redis.call('ZRANGEBYLEX', nodeIdsKey(site), after and '(' .. after or '-', '+', 'LIMIT', 0, limit)) do
  local node = readWholeNode(id)
  if node then
    table.insert(nodes, record.node {
      node = id,
      site = node.site,
      zone = node.zone,
      state = node.state,
      up = node.up and node.noEntryMs == 0,
      seenMs = node.seenMs,
      utilisationPpm = node.utilisationPpm,
      capacityTracks = node.capacityTracks,
      reservedTracks = node.reservedTracks,
      rooms = node.rooms,
      participants = node.participants,
      credentials = credentialsOf(id),
      details = redis.call('GET', nodeDetailsKey(id)),
      drain = drainOf(node),
    })
  end
end
return answer.nodes { nowMs = now, frozen = isSiteFrozen, nodes = nodes }
