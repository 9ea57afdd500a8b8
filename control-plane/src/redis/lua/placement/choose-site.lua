-- Step 3 of placing a room: choose a site. First the room's own, else the participant's nearest, else the emptiest of a
-- few; then the fallback sites that operators have set for it, else sites with free capacity.
-- @include lib/changes
-- @include lib/random
-- @include lib/write-clock
-- @include placement/choose-node
-- @include placement/room-record

-- A few random sites of this shard, then those that the replica has seen to have free capacity ('a,b').
local function anySites(spillSites)
  local sites = drawMembers(sitesKey, limits.sitesDrawn)
  for site in string.gmatch(spillSites, '[^,]+') do table.insert(sites, site) end
  return sites
end

local function emptiestSite(sites)
  local best, bestUsed = '', nil
  for _, site in ipairs(sites) do
    local sums = readSite(site)
    if sums and sums.capacityTracks > 0 then
      local used = (sums.loadTracks + sums.reservedTracks) / sums.capacityTracks
      if bestUsed == nil or used < bestUsed then best, bestUsed = site, used end
    end
  end
  return best
end

-- '' if no site has capacity. The few are drawn once for all rooms of a call: their sums are updated while it runs.
local few
local function firstSite(room, near, spillSites)
  if room.site then return room.site end
  if near and readSite(near) then return near end
  few = few or anySites(spillSites)
  return emptiestSite(few)
end

-- Returns the other sites to try (none if the first has a hard boundary), and whether it has one.
local function otherSites(first, spillSites)
  local settings, sites, known = readSite(first) or {}, {}, { [''] = true, [first] = true }
  if settings.boundary == 'hard' then return sites, true end
  local function add(site)
    if known[site] then return end
    known[site] = true
    table.insert(sites, site)
  end
  if settings.fallback and settings.fallback ~= '' then
    for site in string.gmatch(settings.fallback, '[^,]+') do add(site) end
  else
    for _, site in ipairs(anySites(spillSites)) do add(site) end
  end
  return sites, false
end

-- Returns a node and the candidates, or nil and the answer.
local function tryInTurn(room, near, purpose, spillSites, avoid)
  local node, found, isHealthy, isHard, notHere = nil, {}, false, false, {}
  local function try(site)
    if node or site == '' then return end
    if not readSite(site) then return table.insert(notHere, site) end
    local healthyHere, cost
    node, found, healthyHere, cost = chooseNodeAt(site, room.cost, room.leastCost, purpose, avoid)
    isHealthy = isHealthy or healthyHere
    if node then room.cost = cost end
  end
  local first = firstSite(room, near, spillSites)
  try(first)
  if not node then
    local others
    others, isHard = otherSites(first, spillSites)
    for _, site in ipairs(others) do try(site) end
  end
  if node then return node, found end
  local refusal = warmingUp and 'store_recovering' or isHealthy and 'fleet_full' or 'no_node'
  if #notHere > 0 then
    return nil, answer.try_sites {
      sites = table.concat(notHere, ','),
      epoch = room.epoch,
      nextEpoch = nextEpoch(room),
      cost = room.cost,
      leastCost = room.leastCost,
      title = room.title,
      expiresAtMs = room.expiresAtMs,
      reservationEndMs = reservationEndOf(room),
      otherwise = refusal,
    }
  end
  if warmingUp then return nil, answer.store_recovering {} end
  if not isHealthy then return nil, answer.no_node {} end
  if isHard then return nil, answer.site_full {} end
  return nil, answer.fleet_full {}
end

-- A site may go down as a whole, node by node: participants who lost their node are not sent to one that has missed a report,
-- as long as there is another.
local function findNode(room, near, purpose, spillSites)
  if purpose ~= 'rejoin' then return tryInTurn(room, near, purpose, spillSites, false) end
  local node, found = tryInTurn(room, near, purpose, spillSites, true)
  if node then return node, found end
  return tryInTurn(room, near, purpose, spillSites, false)
end
