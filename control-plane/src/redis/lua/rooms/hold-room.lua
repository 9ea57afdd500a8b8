-- The part of placing a room that happens outside the shard of its record: reserves a node for it, or lets a
-- participant into it where it runs.
-- Arguments
--   KEYS[1]: shard prefix
--   knownWriteClock: number, the highest that this replica has seen
--   roomId: text
--   epoch: number
--   purpose: join | rejoin | move
--   cost: number
--   leastCost: number
--   title: text
--   expiresAtMs: number
--   node: text?, where it runs; absent: nowhere yet
--   sites: names, to be tried if it runs nowhere yet
--   reservationEndMs: number
-- Answers
--   placed
--     node: text
--     epoch: number
--     site: text
--     credentials: text
--     title: text
--     expiresAtMs: number
--     silentMs: number, since the last report of the node
--     standby: standby?
--   gone
--   no_node
--   fleet_full
--   node_full
--   node_busy
--   store_recovering
-- Record standby
--   node: text
--   epoch: number
--   site: text
--   credentials: text
--   level: off | warm | sound
-- This header is generated from the definition of the script in redis/scripts.

-- @include lib/node-load
-- @include lib/reservations
-- @include lib/room-names
-- @include lib/standby
-- @include placement/choose-node
-- @include placement/join-placed

-- A node of one of these sites. The room's own shard may still refuse to bind it.
local function hold(room)
  local isHealthy = false
  for site in string.gmatch(sites, '[^,]+') do
    local node, _, healthyHere, cost = chooseNodeAt(site, room.cost, leastCost, purpose, false)
    if node then
      reserve(node, nameOf(room.id, epoch), cost, reservationEndMs)
      countJoins(node, 'rejoin')
      yieldReservedStandbys(node, limits.newRoomCapPpm)
      return placedAt(node, epoch, room)
    end
    isHealthy = isHealthy or healthyHere
  end
  return isHealthy and answer.fleet_full {} or answer.no_node {}
end

local room = { id = roomId, title = title, expiresAtMs = expiresAtMs, cost = cost }
if not node then return hold(room) end
local joined, joinedNode = joinPlaced(room, node, epoch, purpose)
if joined == true then return placedAt(joinedNode, epoch, room) end
return joined or answer.gone {}
