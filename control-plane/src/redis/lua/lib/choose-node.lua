-- Choosing a node. Needs limits, keys.lua, write-clock.lua (now), random.lua, node.lua and reservation.lua.

-- Who lost their node may use it all: the spare capacity is kept for them. Who is moved has time.
local CAPS = { join = limits.newRoomCapPpm, move = limits.joinCapPpm, rejoin = limits.rejoinCapPpm }
local function capOf(purpose) return CAPS[purpose] end

-- Tracks of the site's largest node; `account` forgets it when that may have changed.
local function largestOf(site)
  local s = readSite(site)
  s.largest = s.largest or tonumber(redis.call('ZREVRANGE', capsKey(site), 0, 0, 'WITHSCORES')[2] or 0)
  return s.largest
end

-- What may still be promised at a site: new rooms stop at a share of its capacity, and leave enough free to lose its
-- largest node. A site of one node cannot bear to lose it anyway.
local function siteHasRoom(site, cost)
  local s = readSite(site)
  if not s or s.serving == 0 then return false, false end
  local used = s.load + s.res
  if used + cost > s.cap * limits.newRoomCapPpm / 1000000 then return false, true end
  if s.serving > 1 and s.spare ~= 'none' then
    if used + cost > s.cap - largestOf(site) then return false, true end
  end
  return true, true
end

-- A node that has just come up looks emptier than it will be in a minute: it counts as fuller at first.
local function slowStartPpm(n)
  local age = now - n.upSinceMs
  if age >= limits.slowStartMs then return 0 end
  return limits.slowStartPpm * (1 - math.max(0, age) / limits.slowStartMs)
end

-- Adds those of the site's nodes `ids` that would take a room now; who is silent is weeded out here and comes back with
-- its next report.
local function addFit(found, site, ids)
  for _, id in ipairs(ids) do
    local n = readNode(id)
    if n == nil then
      redis.call('SREM', eligibleKey(site), id)
      redis.call('ZREM', capsKey(site), id)
    elseif not serves(n) or now - n.seenMs > limits.suspectMs then
      account(n, false)
    else
      table.insert(found, n)
    end
  end
  return found
end

-- Up to `count` of them, drawn blindly.
local function candidates(site, count) return addFit({}, site, drawMembers(eligibleKey(site), count)) end

-- The emptiest of `found` that stays under the cap with `tracks` more, and the next one. Standbys give way, so they do
-- not count.
local function emptiest(found, tracks, capPpm, unlike)
  local best, bestScore, second, secondScore
  for _, n in ipairs(found) do
    local more = reservedPpm(n, tracks)
    local score = scoreOf(n)
    local firm = score - reservedPpm(n, n.standbyTracks) + more
    local wished = score + more + slowStartPpm(n)
    local other = unlike == nil or (n.id ~= unlike.id and (n.zone == '' or n.zone ~= unlike.zone))
    if other and firm <= capPpm and n ~= best then
      if best == nil or wished < bestScore then
        best, bestScore, second, secondScore = n, wished, best, bestScore
      elseif second == nil or wished < secondScore then
        second, secondScore = n, wished
      end
    end
  end
  return best, second
end

-- A crowd of rooms is placed in one script. The two best of a draw are remembered and come into the next one, which then
-- needs half the fresh nodes: the emptiest of two fresh and two remembered is no fuller than the emptiest of four fresh,
-- as long as a remembered one is looked at as it is by then (Mitzenmacher, Prabhakar, Shah, "Load balancing with
-- memory", 2002). Fresh ones are drawn for several rooms at a time.
local drawnAt = {}
local FRESH, DRAWN = limits.candidates / 2, limits.candidates * 4
local function smallDraw(site)
  local d = drawnAt[site]
  if not d then
    d = { ids = {}, next = 1 }
    drawnAt[site] = d
    return d, candidates(site, limits.candidates)
  end
  if d.next > #d.ids then d.ids, d.next = drawMembers(eligibleKey(site), DRAWN), 1 end
  local found = addFit({ d.best, d.second }, site, { unpack(d.ids, d.next, d.next + FRESH - 1) })
  d.next = d.next + FRESH
  return d, found
end

-- Set while a room is placed that has lost its node: whoever missed a report may have gone with it.
local avoidQuiet = false
local function isQuiet(n) return now - n.seenMs > limits.condemnAfterMs end

-- After lost writes nobody knows how a node stands that has not spoken since.
local function isForgotten(n) return recovering and n.seenMs < rewoundMs end

local function ready(found)
  local able = {}
  for _, n in ipairs(found) do
    if takesJoins(n, now) and not isForgotten(n) and not (avoidQuiet and isQuiet(n)) then table.insert(able, n) end
  end
  return able
end

-- The node for a room of `cost` tracks at a site: a small draw, then a wide one before giving up. The site's own limits
-- are for joins only.
-- Returns node or nil, all nodes seen, and whether any node there is healthy.
local function drawFor(site, cost, purpose)
  if purpose == 'join' then
    local room, healthy = siteHasRoom(site, cost)
    if not room then return nil, {}, healthy end
  end
  local d, found = smallDraw(site)
  d.best, d.second = emptiest(ready(found), cost, capOf(purpose))
  if d.best then return d.best, found, true end
  found = candidates(site, limits.candidates * 8)
  local best = emptiest(ready(found), cost, capOf(purpose))
  return best, found, #found > 0
end

-- The same for a room that says nothing of its size: it came to `cost` before, which is no reason to refuse it for good
-- where no node takes so much of a new room. It is promised what the largest one takes then, but at least `least`.
-- Returns besides what it is promised.
local function draw(site, cost, purpose, least)
  local n, found, healthy = drawFor(site, cost, purpose)
  if n or not healthy or cost <= least then return n, found, healthy, cost end
  local most = math.max(least, math.floor(largestOf(site) * capOf(purpose) / 1000000))
  if cost <= most then return nil, found, healthy, cost end
  n, found, healthy = drawFor(site, most, purpose)
  return n, found, healthy, most
end
