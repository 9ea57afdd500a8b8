-- Purpose: where are these rooms? For each its place, or a node picked, its load reserved and the epoch raised: all in
-- one step, so sixteen replicas asking at once get one answer. Many at once, because joins come in crowds.
-- @include limits
-- @include keys
-- @include clock
-- @include write-clock
-- @include node
-- @include reservation
-- @include random
-- @include choose-node
-- @include room
-- @include lost-records
-- @include room-orders
-- @include standby
-- @include join-placed
-- KEYS[1] root
-- ARGV 1 told tick, 2 sites to spill to when a site names none ('a,b'), 3 standby level where neither the room nor its tenant says one (off | warm | sound), then for each room:
--      roomId, purpose (join | rejoin | move), hash of the host key that is claimed or '', epoch known to be gone (0: none;
--      move: the one to move away from), the person's nearest site or '' (move: the node to move away from),
--      epoch that somebody with a ticket was at (0: none)
-- Returns { tick, answer… }; an answer is { 'unknown' } | { 'forbidden' } | { 'no_node' } | { 'fleet_full' }
--       | { 'site_full' } | { 'node_full' } | { 'node_busy' } | { 'recovering' } | { 'stays' } (move: it is not there)
--       | { 'placed', node, epoch, site, card, title, expiresAtMs, ms since the node was heard of
--           [, standby's node, epoch, site, card, level] }
--       | { 'elsewhere', node, site, epoch, cost, title, expiresAtMs }            its site has a root of its own
--       | { 'spill', next epoch, epoch, cost, 'a,b', title, expiresAtMs, lapseAtMs, full | none | recovering, least cost }  ask these; how it is here
local spillTo = ARGV[2]

-- As the room has it, else its tenant, else the installation.
local levels = {}
local function levelOf(level, tenant)
  if level or not tenant then return level or ARGV[3] end
  levels[tenant] = levels[tenant] or redis.call('HGET', levelsKey, tenant) or ARGV[3]
  return levels[tenant]
end

-- What every join needs; the rest only when the room gets a place.
local function readRoom(roomId)
  local f = redis.call('HMGET', roomKey(roomId), 'expiresAtMs', 'node', 'epoch', 'title', 'standby', 'level', 'tenant')
  if not f[1] and f[2] then f[1], f[4] = adoptOrphan(roomId, now), '' end
  if isOver(f[1], now) then return nil end
  return { expiresAtMs = f[1], node = f[2] ~= '' and f[2] or nil, epoch = tonumber(f[3] or 0), title = f[4], standby = f[5],
    level = levelOf(f[6], f[7]) }
end
local function readRest(roomId, room)
  if room.cost then return end
  local f = redis.call('HMGET', roomKey(roomId), 'cost', 'peak', 'site', 'startsAtMs', 'top', 'declared')
  local cost = tonumber(f[1] or limits.defaultCostTracks)
  room.cost, room.least = math.max(cost, tonumber(f[2] or 0)), f[6] and cost or math.min(cost, limits.defaultCostTracks)
  room.site, room.startsAtMs, room.top = f[3], tonumber(f[4] or 0), tonumber(f[5] or 0)
end

-- Never given before, to the room or to a standby of it.
local function nextEpoch(room) return math.max(room.epoch, room.top) + 1 + jump end

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

-- Standbys are given out of plenty.
local function siteHasPlenty(site, share)
  local s = readSite(site)
  return s and s.serving > 1 and s.load + s.res + share <= s.cap * limits.standbySitePpm / 1000000
end

-- A second node in another failure domain than `n`, at a small price. `found`: nodes that were looked at already.
local function addStandby(roomId, room, n, found)
  if room.level == 'off' then return end
  local share = math.ceil(room.cost * limits.standbyPpm / 1000000)
  if not siteHasPlenty(n.site, share) then return end
  local second = emptiest(found, share, limits.newRoomCapPpm, n)
    or emptiest(candidates(n.site, limits.candidates * 2), share, limits.newRoomCapPpm, n)
  if not second then return end
  local epoch = nextEpoch(room)
  room.top, room.standby = epoch, epoch .. ' ' .. second.id
  reserve(second, '+' .. nameOf(roomId, epoch), share, lapseOf(room), 0)
  redis.call('HSET', roomKey(roomId), 'standby', room.standby, 'top', epoch)
  acknowledge()
end

-- Fit to take the room over at this moment.
local function isFit(s, away) return s and serves(s) and now - s.seenMs <= limits.suspectMs and s.id ~= away end

-- For a room that stays where it is, each time somebody comes: a standby that fell ill is replaced, one that is missing
-- is added, one that is no longer wanted is given up. Who is there already is called to ask again.
local function keepStandby(roomId, room, n)
  local at, node = standbyOf(room.standby)
  local wanted = room.level ~= 'off'
  if unsure or (not wanted and not at) or (wanted and at and isFit(readNode(node), n.id)) then return end
  if not at and not siteHasPlenty(n.site, 0) then return end
  readRest(roomId, room)
  if at then giveUpStandby(roomId, room.standby) end
  room.standby = nil
  addStandby(roomId, room, n, {})
  if at or room.standby then order(n.id, nameOf(roomId, room.epoch), 'changed') end
end

-- About as many as come when a room of this cost moves: n people are 2·n² tracks.
local function peopleOf(cost) return math.ceil(math.sqrt(cost / 2)) end

-- Gives the room its new place. `promoted`: people are joined there already.
local function bind(roomId, room, n, found, promoted, people)
  local epoch = promoted or nextEpoch(room)
  room.epoch, room.standby = epoch, nil
  -- The epoch is new, so nothing is reserved by its name.
  reserve(n, nameOf(roomId, epoch), room.cost, lapseOf(room), 0)
  if not promoted then countJoin(n, now, 'rejoin', people) end
  redis.call('HSET', roomKey(roomId), 'node', n.id, 'epoch', epoch)
  acknowledge()
  yieldStandbys(n, limits.newRoomCapPpm)
  if not unsure then addStandby(roomId, room, n, found) end
  return placed(n, epoch, room)
end

-- What the old place still holds is let go; people who are still there are called away.
local function forgetPlace(roomId, room, n)
  local name = nameOf(roomId, room.epoch)
  if not n then return end
  release(n, name)
  if redis.call('SREM', liveKey(n.id), name) == 1 then order(n.id, name, 'moved') end
end

-- The standby, when it can take the room over now: its node and its epoch. The promise of the small price ends.
local function takeStandby(roomId, room, away)
  local at, node = standbyOf(room.standby)
  if not at then return nil end
  local s = readNode(node)
  if not isFit(s, away) or not emptiest({ s }, room.cost, limits.rejoinCapPpm) then
    giveUpStandby(roomId, room.standby)
    room.standby = nil
    return nil
  end
  release(s, '+' .. nameOf(roomId, at))
  redis.call('HDEL', roomKey(roomId), 'standby')
  room.standby = nil
  return s, at
end

-- A node among the sites that come into question. Returns node and those that were looked at, or nil and the answer.
local function findAmong(room, near, purpose)
  local best, found, healthy, hard, rest = nil, {}, false, false, {}
  local function try(site)
    if best or site == '' then return end
    if not readSite(site) then return table.insert(rest, site) end
    local seen, cost
    best, found, seen, cost = draw(site, room.cost, purpose, room.least)
    healthy = healthy or seen
    if best then room.cost = cost end
  end
  local first = firstSite(room, near)
  try(first)
  if not best then
    local others
    others, hard = otherSites(first)
    for _, site in ipairs(others) do try(site) end
  end
  if best then return best, found end
  local here = unsure and 'recovering' or healthy and 'full' or 'none'
  if #rest > 0 then
    return nil, { 'spill', nextEpoch(room), room.epoch, room.cost, table.concat(rest, ','), room.title, room.expiresAtMs,
      lapseOf(room), here, room.least }
  end
  if here == 'recovering' then return nil, { here } end
  if here == 'none' then return nil, { 'no_node' } end
  return nil, { hard and 'site_full' or 'fleet_full' }
end

-- A site may go down as a whole: people who lost their node are not sent to its neighbours one after the other, as long as
-- anybody else was heard of within a report's time.
local function find(room, near, purpose)
  avoidQuiet = purpose == 'rejoin'
  local best, found = findAmong(room, near, purpose)
  if best or not avoidQuiet then return best, found end
  avoidQuiet = false
  return findAmong(room, near, purpose)
end

-- There is no record, or its time is over. What may only be lost is not unknown: its node has not spoken yet.
local function noRecord(roomId, purpose, held)
  if redis.call('EXISTS', roomKey(roomId)) == 1 then return nil, 'unknown' end
  -- A ticket proves that there was one, also to a Redis of which no replica knows that it has lost anything.
  if recovering or purpose == 'rejoin' and recordsWereLost(now, limits.recoverMs) then return nil, 'recovering' end
  if purpose ~= 'rejoin' or not adoptByTicket(roomId, held, now) then return nil, 'unknown' end
  acknowledge()
  return readRoom(roomId)
end

local function place(roomId, purpose, hostKeyHash, gone, near, held)
  local room, why = readRoom(roomId), nil
  if not room then room, why = noRecord(roomId, purpose, held) end
  if not room then return { why } end
  if hostKeyHash ~= '' and hostKeyHash ~= redis.call('HGET', roomKey(roomId), 'hostKeyHash') then return { 'forbidden' } end
  local function costOf()
    readRest(roomId, room)
    return room.cost
  end
  local n, promoted
  if room.node then
    if room.epoch > gone then
      local at, away = awayAt(room.node)
      if at then return { 'elsewhere', away, at, room.epoch, costOf(), room.title, room.expiresAtMs } end
      local joined
      joined, n = joinPlaced(roomId, room.node, room.epoch, purpose, costOf)
      if joined == true then
        keepStandby(roomId, room, n)
        return placed(n, room.epoch, room)
      end
      if joined then return joined end
    end
    if unsure then return { 'recovering' } end
    readRest(roomId, room)
    forgetPlace(roomId, room, n)
    local s
    s, promoted = takeStandby(roomId, room)
    if s then return bind(roomId, room, s, {}, promoted) end
  elseif mayHaveLostPlace(roomId) then
    return { 'recovering' }
  end
  readRest(roomId, room)
  local best, found = find(room, near, purpose)
  if not best then return found end
  return bind(roomId, room, best, found)
end

-- Away from a node that is to be emptied: nothing changes unless another one takes the room. A standby there is chosen
-- anew.
local function move(roomId, epoch, from)
  local room = readRoom(roomId)
  if not room or not room.node then return { 'stays' } end
  if room.standby == epoch .. ' ' .. from then
    local n = readNode(room.node)
    if n and not unsure then keepStandby(roomId, room, n) end
    if room.standby == epoch .. ' ' .. from then giveUpStandby(roomId, room.standby) end
    return { 'stays' }
  end
  local _, away = awayAt(room.node)
  if room.epoch ~= epoch or (away or room.node) ~= from then return { 'stays' } end
  if unsure then return { 'recovering' } end
  readRest(roomId, room)
  local n = not away and readNode(from) or nil
  local s, promoted = takeStandby(roomId, room, from)
  local found = {}
  if not s then s, found = find(room, '', 'move') end
  if not s then return found end
  forgetPlace(roomId, room, n)
  return bind(roomId, room, s, found, promoted, peopleOf(room.cost))
end

local answers = {}
for i = 4, #ARGV, 6 do
  local roomId, purpose, gone = ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 3])
  table.insert(answers, purpose == 'move' and move(roomId, gone, ARGV[i + 4])
    or place(roomId, purpose, ARGV[i + 2], gone, ARGV[i + 4], tonumber(ARGV[i + 5])))
end
settle()
table.insert(answers, 1, tick)
return answers
