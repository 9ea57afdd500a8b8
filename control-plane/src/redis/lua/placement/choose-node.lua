-- Step 4 of placing a room: choose a node at a site.
-- @include lib/changes
-- @include lib/clock
-- @include lib/node
-- @include lib/node-load
-- @include lib/write-clock
-- @include placement/candidates

-- Whether nodes of this capacity and load take more: new rooms stop at a share of the capacity and leave enough free to
-- lose the largest node, unless there is only one.
local function hasRoom(used, capacity, nodes, largest, spare)
  if used > capacity * limits.newRoomCapPpm / 1000000 then return false end
  return nodes < 2 or spare == 'none' or used <= capacity - largest
end

-- Whether the site takes a new room of this cost, with its largest node or without it: a node that claims to be large and
-- full must not make the others full. The second result is whether any node of the site serves.
local function siteTakes(site, cost)
  local sums = readSite(site)
  if not sums or sums.serving == 0 then return false, false end
  local used = sums.loadTracks + sums.reservedTracks + cost
  if hasRoom(used, sums.capacityTracks, sums.serving, largestNodeOf(site), sums.spare) then return true, true end
  local largest = redis.call('ZREVRANGE', capacitiesKey(site), 0, 1, 'WITHSCORES')
  local node, second = largest[3] and readNode(largest[1]), tonumber(largest[4] or 0)
  if not node or not node.eligible then return false, true end
  -- Of two nodes, the other one alone would keep nothing free.
  if sums.serving == 2 and node.capacityTracks <= second * limits.unequalNodes then return false, true end
  return hasRoom(used - loadOf(node) - node.reservedTracks, sums.capacityTracks - node.capacityTracks, sums.serving - 1,
    second, sums.spare), true
end

-- The candidates that can take one more join in this second and whose state is known: after lost writes a node must have
-- reported since. `avoid`: excludes nodes that have missed a report.
local function ready(found, avoid)
  local able = {}
  for _, node in ipairs(found) do
    local isKnown = not recovering or node.seenMs >= writesLostMs
    local isLate = now - node.seenMs > limits.condemnAfterMs
    if takesJoins(node) and isKnown and not (avoid and isLate) then table.insert(able, node) end
  end
  return able
end

-- A small draw, then a large one before giving up. The limits of the site apply to joins only.
local function drawNode(site, cost, purpose, avoid)
  if purpose == 'join' then
    local takes, isHealthy = siteTakes(site, cost)
    if not takes then return nil, {}, isHealthy end
  end
  local draw, found = drawWithMemory(site)
  draw.best, draw.second = emptiest(ready(found, avoid), cost, capOf(purpose))
  if draw.best then return draw.best, found, true end
  found = drawCandidates(site, limits.candidates * 8)
  local best = emptiest(ready(found, avoid), cost, capOf(purpose))
  return best, found, #found > 0
end

-- The node for a room of `cost` tracks. If no node takes that much and the creator has not declared the size, the room
-- gets as much as the largest node takes, but at least `leastCost`: a meeting that once filled a node must open again.
-- Returns the node or nil, the candidates, whether any node of the site is healthy, and the tracks to reserve.
local function chooseNodeAt(site, cost, leastCost, purpose, avoid)
  local node, found, isHealthy = drawNode(site, cost, purpose, avoid)
  if node or not isHealthy or cost <= leastCost then return node, found, isHealthy, cost end
  local most = math.max(leastCost, math.floor(largestNodeOf(site) * capOf(purpose) / 1000000))
  if cost <= most then return nil, found, isHealthy, cost end
  node, found, isHealthy = drawNode(site, most, purpose, avoid)
  return node, found, isHealthy, most
end
