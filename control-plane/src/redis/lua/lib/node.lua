-- A node and the sums of its site. A site's cap, load and res are those of its eligible nodes (up, serving, heard of);
-- they are changed together with the node, never worked out by reading all nodes. Tables hold what is true within the
-- script; sums and counts are written once, by `settle`, with which every script that changes them ends. Needs limits
-- and keys.lua.

-- What placing needs comes first in the record (enrol-node writes it in this order): Redis looks fields up one by one.
local HOT = { 'site', 'state', 'up', 'seenMs', 'utilPpm', 'capTracks', 'resTracks', 'joinsCap', 'joins', 'eligible',
  'standbyTracks', 'upSinceMs', 'zone', 'leaving' }
local COLD = { 'rooms', 'people', 'bootId', 'lastBootId', 'seq', 'roomsSeq', 'secretHash', 'reached', 'runs', 'restart' }

-- One reading per script: a crowd asks for the same few nodes. Whoever changes a node changes its table too.
local nodesRead = {}

-- The node as a table, numbers as numbers; nil when it is not enrolled here.
local function readNode(id)
  local n = nodesRead[id]
  if n ~= nil then return n or nil end
  local f = redis.call('HMGET', nodeKey(id), unpack(HOT))
  if not f[1] then
    nodesRead[id] = false
    return nil
  end
  n = {
    id = id, site = f[1], state = f[2] or '', up = tonumber(f[3] or 0), seenMs = tonumber(f[4] or 0),
    utilPpm = tonumber(f[5] or 0), capTracks = tonumber(f[6] or 0), resTracks = tonumber(f[7] or 0),
    joinsCap = tonumber(f[8] or 0), joins = tonumber(f[9] or 0), eligible = tonumber(f[10] or 0),
    standbyTracks = tonumber(f[11] or 0), upSinceMs = tonumber(f[12] or 0), zone = f[13] or '',
    -- Until when its agent wants it empty; 0: it stays.
    leaving = tonumber(f[14] or 0),
  }
  nodesRead[id] = n
  return n
end

-- What reports and sweeps need besides.
local function readWhole(id)
  local n = readNode(id)
  if not n then return nil end
  local f = redis.call('HMGET', nodeKey(id), unpack(COLD))
  n.rooms, n.people = tonumber(f[1] or 0), tonumber(f[2] or 0)
  n.bootId, n.lastBootId, n.seq = f[3] or '', f[4] or '', tonumber(f[5] or 0)
  n.roomsSeq, n.secretHash, n.reached = tonumber(f[6] or 0), f[7] or '', f[8] == '1'
  local started, runsMs = string.match(f[9] or '', '^(%S+) (%d+)$')
  n.started, n.runsMs, n.restartMs = tonumber(started), tonumber(runsMs or 0), tonumber(f[10] or 0)
  return n
end

local cards = {}
local function cardOf(id)
  cards[id] = cards[id] or redis.call('GET', cardKey(id)) or ''
  return cards[id]
end

-- What the node adds to the sums of its site, besides resTracks.
local function loadTracks(n) return math.floor(n.utilPpm * n.capTracks / 1000000) end

local sitesRead = {}

-- A site as a table; nil when none of that name stands under this root.
local function readSite(site)
  local s = sitesRead[site]
  if s ~= nil then return s or nil end
  local f = redis.call('HMGET', siteKey(site), 'boundary', 'cap', 'load', 'res', 'serving', 'spare', 'fallback')
  if not f[1] then
    sitesRead[site] = false
    return nil
  end
  s = {
    boundary = f[1], cap = tonumber(f[2] or 0), load = tonumber(f[3] or 0), res = tonumber(f[4] or 0),
    serving = tonumber(f[5] or 0), spare = f[6] or 'largest-node', fallback = f[7] or '', change = {},
  }
  sitesRead[site] = s
  return s
end

local function addToSite(site, field, by)
  local s = by ~= 0 and readSite(site)
  if not s then return end
  s[field] = (s[field] or 0) + by
  s.change[field] = (s.change[field] or 0) + by
end

-- Nodes that somebody joined, and nodes whose promises changed.
local joined, changed = {}, {}
local function settle()
  for id, n in pairs(changed) do
    local fields = { 'resTracks', n.resTracks, 'standbyTracks', n.standbyTracks }
    if joined[id] then fields[5], fields[6] = 'joins', string.format('%.0f', n.joins) end
    redis.call('HSET', nodeKey(id), unpack(fields))
  end
  for id, n in pairs(joined) do
    if not changed[id] then redis.call('HSET', nodeKey(id), 'joins', string.format('%.0f', n.joins)) end
  end
  for site, s in pairs(sitesRead) do
    for field, by in pairs(s and s.change or {}) do
      if by ~= 0 then redis.call('HINCRBY', siteKey(site), field, by) end
    end
  end
end

-- Takes the node into the draw, or out of it, or brings its sums up to date: `change` holds the new utilPpm, capTracks.
local function account(n, eligible, change)
  local was = n.eligible == 1
  local before = { cap = 0, load = 0, res = 0, serving = 0 }
  if was then before = { cap = n.capTracks, load = loadTracks(n), res = n.resTracks, serving = 1 } end
  for name, value in pairs(change or {}) do n[name] = value end
  local after = { cap = 0, load = 0, res = 0, serving = 0 }
  if eligible then after = { cap = n.capTracks, load = loadTracks(n), res = n.resTracks, serving = 1 } end
  for _, field in ipairs({ 'cap', 'load', 'res', 'serving' }) do addToSite(n.site, field, after[field] - before[field]) end
  if eligible and (not was or after.cap ~= before.cap) then
    redis.call('ZADD', capsKey(n.site), n.capTracks, n.id)
    readSite(n.site).largest = nil
  end
  if was ~= eligible then
    n.eligible = eligible and 1 or 0
    redis.call('HSET', nodeKey(n.id), 'eligible', n.eligible)
    redis.call(eligible and 'SADD' or 'SREM', eligibleKey(n.site), n.id)
    if not eligible then redis.call('ZREM', capsKey(n.site), n.id) end
    readSite(n.site).largest = nil
  end
end

-- Whether so many nodes of the site fell silent together that the fault may be ours: then nobody is given up for now.
-- Nodes that have been silent for longer than frozenDeadMs are an old story and do not count.
local function frozen(site, now)
  local silent = redis.call('ZCOUNT', seenKey(site), now - limits.frozenDeadMs, '(' .. (now - limits.suspectMs))
  if silent < 2 then return false end
  local known = redis.call('ZCOUNT', seenKey(site), now - limits.frozenDeadMs, '+inf')
  return silent * 1000000 > known * limits.frozenSharePpm
end

-- Whether it takes new rooms, as far as it and its operator have a say.
local function serves(n) return n.up == 1 and n.state == 'serving' and n.leaving == 0 end

-- Gone by its agent's own word, or by a silence that is its own.
local function isDead(n, now)
  if n.up ~= 1 then return true end
  local silentMs = now - n.seenMs
  if silentMs <= limits.deadMs then return false end
  return silentMs > limits.frozenDeadMs or not frozen(n.site, now)
end

local function reservedPpm(n, tracks)
  if n.capTracks <= 0 then return math.huge end
  return tracks * 1000000 / n.capTracks
end

-- Millionths of capacity: the worst of its four dimensions, plus what is promised.
local function scoreOf(n) return n.utilPpm + reservedPpm(n, n.resTracks) end

-- joins: the second that is running and how many joined in it, as second × SECOND + count.
local SECOND = 1000000
local function joinsInSecond(n, now)
  local second = math.floor(now / 1000)
  return math.floor(n.joins / SECOND) == second and n.joins % SECOND or 0, second
end
local function takesJoins(n, now) return n.joinsCap <= 0 or joinsInSecond(n, now) < n.joinsCap end

-- Counts `people` joins, one unless it is said. False when the node's second is full; a rejoin is counted but never refused.
local function countJoin(n, now, purpose, people)
  local joins, second = joinsInSecond(n, now)
  if purpose ~= 'rejoin' and n.joinsCap > 0 and joins >= n.joinsCap then return false end
  n.joins = second * SECOND + joins + (people or 1)
  joined[n.id] = n
  return true
end
