-- Choosing a node. Needs keys.lua, random.lua, node.lua and reservation.lua.

-- What may still be promised at a site: new rooms stop at a share of its capacity, and leave enough free to lose its
-- largest node. A site of one node cannot bear to lose it anyway.
local function siteHasRoom(site, cost, limits)
  local s = readSite(site)
  if not s or s.serving == 0 then return false, false end
  local used = s.load + s.res
  if used + cost > s.cap * limits.newRoomCapPpm / 1000000 then return false, true end
  if s.serving > 1 and s.spare ~= 'none' then
    s.largest = s.largest or tonumber(redis.call('ZREVRANGE', capsKey(site), 0, 0, 'WITHSCORES')[2] or 0)
    if used + cost > s.cap - s.largest then return false, true end
  end
  return true, true
end

-- A node that has just come up looks emptier than it will be in a minute: it counts as fuller at first.
local function slowStartPpm(n, now, limits)
  local age = now - n.upSinceMs
  if age >= limits.slowStartMs then return 0 end
  return limits.slowStartPpm * (1 - math.max(0, age) / limits.slowStartMs)
end

-- Up to `count` random nodes of the site that would take a room now; who is silent is weeded out here and comes back
-- with its next report.
local function candidates(site, count, now, limits)
  local found = {}
  for _, id in ipairs(drawMembers(eligibleKey(site), count)) do
    local n = readNode(id)
    if n == nil then
      redis.call('SREM', eligibleKey(site), id)
      redis.call('ZREM', capsKey(site), id)
    elseif n.up ~= 1 or n.state ~= 'serving' or now - n.seenMs > limits.suspectMs then
      account(n, false)
    else
      table.insert(found, n)
    end
  end
  return found
end

-- The emptiest of `found` that stays under the cap with `tracks` more. Standbys give way, so they do not count.
local function emptiest(found, tracks, capPpm, now, limits, unlike)
  local best, bestScore = nil, nil
  for _, n in ipairs(found) do
    local firm = scoreOf(n) - reservedPpm(n, n.standbyTracks) + reservedPpm(n, tracks)
    local wished = scoreOf(n) + reservedPpm(n, tracks) + slowStartPpm(n, now, limits)
    local other = unlike == nil or (n.id ~= unlike.id and (n.zone == '' or n.zone ~= unlike.zone))
    if other and firm <= capPpm and (bestScore == nil or wished < bestScore) then best, bestScore = n, wished end
  end
  return best
end

-- Standbys are the first to go when a node fills up.
local function yieldStandbys(n, capPpm)
  if n.standbyTracks <= 0 or scoreOf(n) <= capPpm then return end
  for _, name in ipairs(redis.call('HKEYS', reservedKey(n.id))) do
    if string.sub(name, 1, 1) == '+' then
      release(n, name)
      local roomId = string.match(name, '^%+(%w+)~')
      if roomId and redis.call('HGET', roomKey(roomId), 'standby') == n.id then
        redis.call('HDEL', roomKey(roomId), 'standby')
      end
      if scoreOf(n) <= capPpm then return end
    end
  end
end

-- The node for a room of `cost` tracks at a site: a small draw, then a wide one before giving up. Not `strict`: people
-- who lost their node, for whom the spare capacity is kept.
-- Returns node or nil, all nodes seen, and whether any node there is healthy.
local function draw(site, cost, now, limits, capPpm, strict)
  if strict then
    local room, healthy = siteHasRoom(site, cost, limits)
    if not room then return nil, {}, healthy end
  end
  local found = {}
  for _, count in ipairs({ limits.candidates, limits.candidates * 8 }) do
    found = candidates(site, count, now, limits)
    local ready = {}
    for _, n in ipairs(found) do
      if takesJoins(n, now) then table.insert(ready, n) end
    end
    local best = emptiest(ready, cost, capPpm, now, limits)
    if best then return best, found, true end
  end
  return nil, found, #found > 0
end
