-- Sums of sites and nodes that change while a script runs. They are kept in tables, so that a script always reads current
-- values, and written once, by `writeChanges`, which runs at the end of every script that includes this file.

local sitesRead = {}

-- Sums and settings of a site; nil if this shard has no site with that name. Sums are over its eligible nodes.
local function readSite(site)
  local known = sitesRead[site]
  if known ~= nil then return known or nil end
  local boundary, capacityTracks, loadTracks, reservedTracks, serving, spare, fallback = unpack(redis.call('HMGET',
    siteKey(site), 'boundary', 'capacityTracks', 'loadTracks', 'reservedTracks', 'serving', 'spare', 'fallback'))
  if not boundary then
    sitesRead[site] = false
    return nil
  end
  local read = {
    boundary = boundary, spare = spare or 'largest-node', fallback = fallback or '', serving = tonumber(serving or 0),
    capacityTracks = tonumber(capacityTracks or 0), loadTracks = tonumber(loadTracks or 0),
    reservedTracks = tonumber(reservedTracks or 0), changes = {},
  }
  sitesRead[site] = read
  return read
end

local function addToSite(site, sum, by)
  local read = by ~= 0 and readSite(site)
  if not read then return end
  read[sum] = (read[sum] or 0) + by
  read.changes[sum] = (read.changes[sum] or 0) + by
end

-- Tracks of the site's largest eligible node.
local function largestNodeOf(site)
  local read = readSite(site)
  read.largestNode = read.largestNode
    or tonumber(redis.call('ZREVRANGE', capacitiesKey(site), 0, 0, 'WITHSCORES')[2] or 0)
  return read.largestNode
end

-- What the node adds to the load of its site.
local function loadOf(node) return math.floor(node.utilisationPpm * node.capacityTracks / 1000000) end

-- Sets whether the node is eligible for new rooms, and its utilisation and capacity where they are given. Updates the
-- sums of its site.
local function setEligible(node, eligible, utilisationPpm, capacityTracks)
  local was, site = node.eligible, node.site
  local capacity, load, reserved, serving = 0, 0, 0, 0
  if was then capacity, load, reserved, serving = node.capacityTracks, loadOf(node), node.reservedTracks, 1 end
  local capacityBefore = capacity
  node.utilisationPpm = utilisationPpm or node.utilisationPpm
  node.capacityTracks = capacityTracks or node.capacityTracks
  if eligible then
    capacity, load, reserved, serving =
      node.capacityTracks - capacity, loadOf(node) - load, node.reservedTracks - reserved, 1 - serving
  else
    capacity, load, reserved, serving = -capacity, -load, -reserved, -serving
  end
  addToSite(site, 'capacityTracks', capacity)
  addToSite(site, 'loadTracks', load)
  addToSite(site, 'reservedTracks', reserved)
  addToSite(site, 'serving', serving)
  if eligible and (not was or node.capacityTracks ~= capacityBefore) then
    redis.call('ZADD', capacitiesKey(site), node.capacityTracks, node.id)
    readSite(site).largestNode = nil
  end
  if was ~= eligible then
    node.eligible = eligible
    redis.call('HSET', nodeKey(node.id), 'eligible', eligible and 1 or 0)
    if eligible then
      redis.call('SADD', eligibleKey(site), node.id)
    else
      redis.call('SREM', eligibleKey(site), node.id)
      redis.call('ZREM', capacitiesKey(site), node.id)
    end
    readSite(site).largestNode = nil
  end
end

-- Nodes with new joins, and nodes with changed reservations.
local joinedNodes, reservedNodes = {}, {}
local NONE = {}

local function writeChanges()
  for id, node in pairs(reservedNodes) do
    if joinedNodes[id] then
      redis.call('HSET', nodeKey(id), 'reservedTracks', node.reservedTracks, 'standbyTracks', node.standbyTracks,
        'joinsInSecond', node.joinsInSecond)
    else
      redis.call('HSET', nodeKey(id), 'reservedTracks', node.reservedTracks, 'standbyTracks', node.standbyTracks)
    end
  end
  for id, node in pairs(joinedNodes) do
    if not reservedNodes[id] then redis.call('HSET', nodeKey(id), 'joinsInSecond', node.joinsInSecond) end
  end
  for site, read in pairs(sitesRead) do
    local key, by = siteKey(site), read and read.changes or NONE
    if (by.capacityTracks or 0) ~= 0 then redis.call('HINCRBY', key, 'capacityTracks', by.capacityTracks) end
    if (by.loadTracks or 0) ~= 0 then redis.call('HINCRBY', key, 'loadTracks', by.loadTracks) end
    if (by.reservedTracks or 0) ~= 0 then redis.call('HINCRBY', key, 'reservedTracks', by.reservedTracks) end
    if (by.serving or 0) ~= 0 then redis.call('HINCRBY', key, 'serving', by.serving) end
    if (by.rooms or 0) ~= 0 then redis.call('HINCRBY', key, 'rooms', by.rooms) end
    if (by.participants or 0) ~= 0 then redis.call('HINCRBY', key, 'participants', by.participants) end
    if read then read.changes = {} end
  end
  joinedNodes, reservedNodes = {}, {}
end
