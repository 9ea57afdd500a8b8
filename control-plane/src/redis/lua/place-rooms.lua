-- Purpose: where are these rooms? For each its place, or a node picked, its load reserved and the epoch raised: all in
-- one step, so sixteen replicas asking at once get one answer. Many at once, because joins come in crowds.
-- @include limits
-- @include keys
-- @include clock
-- @include rewind
-- @include node
-- @include reservation
-- @include random
-- @include draw
-- @include room
-- @include placed
-- KEYS[1] root
-- ARGV 1 told tick, 2 sites to spill to when a site names none ('a,b'), 3 standby wanted (1|0), then for each room:
--      roomId, purpose (join | rejoin), hash of the host key that is claimed or '', epoch known to be gone (0: none),
--      the person's nearest site or ''
-- Returns { tick, answer… }; an answer is { 'unknown' } | { 'forbidden' } | { 'no_node' } | { 'fleet_full' }
--       | { 'site_full' } | { 'node_full' } | { 'node_busy' } | { 'recovering' }
--       | { 'placed', node, epoch, site, card, title, expiresAtMs, standby }
--       | { 'elsewhere', node, site, epoch, cost, title, expiresAtMs }            its site has a root of its own
--       | { 'spill', next epoch, epoch, cost, 'a,b', title, expiresAtMs, lapseAtMs, full | none }  ask these; how it is here
local spillTo, standbyWanted = ARGV[2], ARGV[3] == '1'

-- What every join needs; the rest only when the room gets a place.
local function readRoom(roomId)
  local f = redis.call('HMGET', roomKey(roomId), 'expiresAtMs', 'node', 'epoch', 'title', 'standby')
  if isOver(f[1], now) then return nil end
  return { expiresAtMs = f[1], node = f[2] ~= '' and f[2] or nil, epoch = tonumber(f[3] or 0), title = f[4], standby = f[5] }
end
local function readRest(roomId, room)
  if room.cost then return end
  local f = redis.call('HMGET', roomKey(roomId), 'cost', 'peak', 'site', 'startsAtMs')
  room.cost = math.max(tonumber(f[1]), tonumber(f[2] or 0))
  room.site, room.startsAtMs = f[3], tonumber(f[4] or 0)
end

-- Sites that may serve when none is named: a few of this root, drawn now, then those that the replica knows to have room.
local function anySites()
  local sites = drawMembers(sitesKey, limits.sitesDrawn)
  for site in string.gmatch(spillTo, '[^,]+') do table.insert(sites, site) end
  return sites
end

-- The emptiest of them first, by sums that are true at this moment.
local function emptiestSite(sites)
  local best, bestUsed = '', nil
  for _, site in ipairs(sites) do
    local s = readSite(site)
    if s and s.cap > 0 then
      local used = (s.load + s.res) / s.cap
      if bestUsed == nil or used < bestUsed then best, bestUsed = site, used end
    end
  end
  return best
end

-- Where to try first: the room's own site, else the person's, else the emptiest of a few, which are drawn once for all
-- rooms of a call: their sums are kept up while it runs.
local few
local function firstSite(room, near)
  if room.site then return room.site end
  if near ~= '' and readSite(near) then return near end
  few = few or anySites()
  return emptiestSite(few)
end

-- And then: where its operator says, or else where there is room. Nowhere for a site with a hard boundary.
local function otherSites(first)
  local s, order, known = readSite(first) or {}, {}, { [''] = true, [first] = true }
  if s.boundary == 'hard' then return order, true end
  local function add(site)
    if known[site] then return end
    known[site] = true
    table.insert(order, site)
  end
  if s.fallback and s.fallback ~= '' then
    for site in string.gmatch(s.fallback, '[^,]+') do add(site) end
  else
    for _, site in ipairs(anySites()) do add(site) end
  end
  return order, false
end

-- Longer for a meeting that is still to start: whoever comes early must not lose the place for the others.
local function lapseOf(room)
  local lapse, starts = now + limits.reservationMs, room.startsAtMs
  if starts > now and starts - now <= limits.scheduledLeadMs then lapse = math.max(lapse, starts + limits.scheduledGraceMs) end
  return lapse
end

-- A second node in another failure domain, at a small price.
local function addStandby(roomId, epoch, n, found, cost, lapse)
  local share = math.ceil(cost * limits.standbyPpm / 1000000)
  local second = emptiest(found, share, limits.newRoomCapPpm, n)
    or emptiest(candidates(n.site, limits.candidates * 2), share, limits.newRoomCapPpm, n)
  if not second then return '' end
  reserve(second, '+' .. nameOf(roomId, epoch), share, lapse, 0)
  return second.id
end

local function bind(roomId, room, n, epoch, cost, found)
  local lapse = lapseOf(room)
  -- The epoch is new, so nothing is reserved by its name.
  reserve(n, nameOf(roomId, epoch), cost, lapse, 0)
  countJoin(n, now, 'rejoin')
  yieldStandbys(n, limits.newRoomCapPpm)
  room.standby = standbyWanted and addStandby(roomId, epoch, n, found, cost, lapse) or ''
  if room.standby == '' then redis.call('HSET', roomKey(roomId), 'node', n.id, 'epoch', epoch)
  else redis.call('HSET', roomKey(roomId), 'node', n.id, 'epoch', epoch, 'standby', room.standby) end
  acknowledge()
  return placed(n, epoch, room)
end

-- What the old place still holds is let go; should its node come back with the room, it is told to drop it.
local function forgetPlace(roomId, room, n)
  local name = nameOf(roomId, room.epoch)
  if n then
    release(n, name)
    if redis.call('SREM', liveKey(n.id), name) == 1 then redis.call('SADD', dropKey(n.id), name) end
  end
  local s = room.standby and room.standby ~= '' and readNode(room.standby)
  if s then
    release(s, '+' .. name)
    redis.call('HDEL', roomKey(roomId), 'standby')
  end
  return s
end

local function place(roomId, purpose, hostKeyHash, gone, near)
  local room = readRoom(roomId)
  if not room then return { 'unknown' } end
  if hostKeyHash ~= '' and hostKeyHash ~= redis.call('HGET', roomKey(roomId), 'hostKeyHash') then return { 'forbidden' } end
  local epoch = room.epoch
  local function costOf()
    readRest(roomId, room)
    return room.cost
  end
  local found, standby, best = {}, nil, nil
  if room.node then
    local n
    if epoch > gone then
      -- Under another root: '@site/node'.
      local at, away = awayAt(room.node)
      if at then return { 'elsewhere', away, at, epoch, costOf(), room.title, room.expiresAtMs } end
      local answer
      answer, n = joinPlaced(roomId, room.node, epoch, purpose, room, costOf)
      if answer then return answer end
    end
    if unsure then return { 'recovering' } end
    standby = forgetPlace(roomId, room, n)
  elseif unsure then
    return { 'recovering' }
  end

  local cost = costOf()
  -- A standby is there for this.
  if standby and standby.eligible == 1 and now - standby.seenMs <= limits.suspectMs then
    best = emptiest({ standby }, cost, limits.rejoinCapPpm)
  end
  local healthy, hard, rest = false, false, {}
  local function try(site)
    if best or site == '' then return end
    if not readSite(site) then return table.insert(rest, site) end
    local seen
    best, found, seen = draw(site, cost, purpose)
    healthy = healthy or seen
  end
  local first = firstSite(room, near)
  try(first)
  if not best then
    local others
    others, hard = otherSites(first)
    for _, site in ipairs(others) do try(site) end
  end
  if best then return bind(roomId, room, best, epoch + 1 + jump, cost, found) end
  if #rest > 0 then
    return { 'spill', epoch + 1 + jump, epoch, cost, table.concat(rest, ','), room.title, room.expiresAtMs, lapseOf(room),
      healthy and 'full' or 'none' }
  end
  if not healthy then return { 'no_node' } end
  return { hard and 'site_full' or 'fleet_full' }
end

local answers = {}
for i = 4, #ARGV, 5 do
  table.insert(answers, place(ARGV[i], ARGV[i + 1], ARGV[i + 2], tonumber(ARGV[i + 3]), ARGV[i + 4]))
end
settle()
table.insert(answers, 1, tick)
return answers
