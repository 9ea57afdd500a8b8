-- Finds the nodes that rooms run on. A room without a good node is bound to one, which reserves its load, at a higher
-- epoch. All in one step, so that replicas that call at the same time get the same answer; many rooms in one call,
-- because joins come in bursts.
-- Arguments
--   KEYS[1]: shard prefix
--   knownWriteClock: number, the highest that this replica has seen
--   spillSites: names, sites with free capacity, for rooms without a site and for full sites
--   defaultStandbyLevel: off | warm | sound
-- For each item
--   roomId: text
--   purpose: join | rejoin | move
--   hostKeyHash: text?, of the key that the participant claims to hold
--   goneEpoch: number, epoch of a placement that is gone or to be moved away from; 0: none
--   fromNode: text?, move: the node to move away from
--   near: text?, nearest site of the participant
--   heldEpoch: number, rejoin: the epoch that the participant was at; 0: unknown
-- Answers, one for each item
--   placed
--     node: text
--     epoch: number
--     site: text
--     credentials: text
--     title: text
--     expiresAtMs: number
--     silentMs: number, since the last report of the node
--     standby: standby?
--   elsewhere
--     site: text, of another shard, in which to join
--     node: text
--     epoch: number
--     cost: number
--     title: text
--     expiresAtMs: number
--   try_sites
--     sites: names, of other shards, to be tried in this order
--     epoch: number
--     nextEpoch: number
--     cost: number
--     leastCost: number
--     title: text
--     expiresAtMs: number
--     reservationEndMs: number
--     otherwise: store_recovering | fleet_full | no_node, the refusal if none of them takes it
--   stays
--   room_not_found
--   host_key_refused
--   no_node
--   fleet_full
--   site_full
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

-- @include lib/node
-- @include lib/room-names
-- @include lib/standby
-- @include lib/write-clock
-- @include placement/bind
-- @include placement/choose-site
-- @include placement/find-room
-- @include placement/join-placed
-- @include placement/room-record
-- @include placement/standby-choice

-- A room without a node, or on a node that is no longer good. `lastNode`: where it was, if that is known.
local function findPlace(room, request, lastNode)
  local isUncertain
  if room.node then isUncertain = warmingUp else isUncertain = mayHaveLostPlace(room.id) end
  if isUncertain then return answer.store_recovering {} end
  readCost(room)
  if room.node then
    leave(room, lastNode)
    local standby, epoch = takeStandby(room)
    if standby then return bind(room, standby, {}, epoch) end
  end
  local node, found = findNode(room, request.near, request.purpose, spillSites)
  return node and bind(room, node, found) or found
end

local function place(request)
  local room, refusal = findRoom(request, defaultStandbyLevel)
  if not room then return refusal end
  if request.hostKeyHash and request.hostKeyHash ~= redis.call('HGET', roomKey(room.id), 'hostKeyHash') then
    return answer.host_key_refused {}
  end
  if not room.node or room.epoch <= request.goneEpoch then return findPlace(room, request) end
  local site, nodeId = elsewhereOf(room.node)
  if site then
    readCost(room)
    return answer.elsewhere {
      site = site,
      node = nodeId,
      epoch = room.epoch,
      cost = room.cost,
      title = room.title,
      expiresAtMs = room.expiresAtMs,
    }
  end
  local joined, node = joinPlaced(room, room.node, room.epoch, request.purpose)
  if joined == nil then return findPlace(room, request, node) end
  if joined ~= true then return joined end
  keepStandby(room, node)
  return placedAt(node, room.epoch, room)
end

-- Moves a room away from a node that is drained. Nothing changes unless another node takes the room; a standby on the
-- drained node is replaced.
local function move(request)
  local room = readRoom(request.roomId, defaultStandbyLevel, true)
  if not room or not room.node then return answer.stays {} end
  local standbyThere = request.goneEpoch .. ' ' .. request.fromNode
  if room.standby == standbyThere then
    local node = readNode(room.node)
    if node and not warmingUp then keepStandby(room, node) end
    if room.standby == standbyThere then giveUpStandby(room.id, room.standby) end
    return answer.stays {}
  end
  local _, elsewhereId = elsewhereOf(room.node)
  if room.epoch ~= request.goneEpoch or (elsewhereId or room.node) ~= request.fromNode then return answer.stays {} end
  if warmingUp then return answer.store_recovering {} end
  readCost(room)
  local lastNode = not elsewhereId and readNode(request.fromNode) or nil
  local node, epoch = takeStandby(room, request.fromNode)
  local found = {}
  if not node then node, found = findNode(room, nil, 'move', spillSites) end
  if not node then return found end
  leave(room, lastNode)
  -- Its participants come all at once, about n of them for 2·n² tracks.
  return bind(room, node, found, epoch, math.ceil(math.sqrt(room.cost / 2)))
end

local answers = {}
for request in each() do
  table.insert(answers, request.purpose == 'move' and move(request) or place(request))
end
return answers
