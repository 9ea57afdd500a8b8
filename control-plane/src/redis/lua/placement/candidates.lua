-- A few random nodes of a site, and the emptiest of them.
-- @include lib/changes
-- @include lib/clock
-- @include lib/node
-- @include lib/node-load
-- @include lib/node-status
-- @include lib/random

-- Participants who lost their node may use all of a node: spare capacity is kept for them. A planned move can wait.
local CAPS = { join = limits.newRoomCapPpm, move = limits.joinCapPpm, rejoin = limits.rejoinCapPpm }
local function capOf(purpose) return CAPS[purpose] end

-- A node that has just come up looks emptier than it will be in a minute, so at first it counts as fuller.
local function slowStartPpm(node)
  local age = now - node.upSinceMs
  if age >= limits.slowStartMs then return 0 end
  return limits.slowStartPpm * (1 - math.max(0, age) / limits.slowStartMs)
end

-- Adds those of the nodes that would take a room now. Silent ones become ineligible here, until their next report.
local function addFit(found, site, nodeIds)
  for _, nodeId in ipairs(nodeIds) do
    local node = readNode(nodeId)
    if node == nil then
      redis.call('SREM', eligibleKey(site), nodeId)
      redis.call('ZREM', capacitiesKey(site), nodeId)
    elseif not serves(node) or isSilent(node) then
      setEligible(node, false)
    else
      table.insert(found, node)
    end
  end
  return found
end

local function drawCandidates(site, count) return addFit({}, site, drawMembers(eligibleKey(site), count)) end

-- The emptiest node that stays under the cap with `tracks` more, and the second emptiest. Standbys are given up when a
-- node fills, so they do not count towards the cap. `unlike`: a node whose failure domain is excluded.
local function emptiest(found, tracks, capPpm, unlike)
  local best, bestScore, second, secondScore
  for _, node in ipairs(found) do
    local more = shareOf(node, tracks)
    local score = scoreOf(node)
    local withoutStandbys = score - shareOf(node, node.standbyTracks) + more
    local wanted = score + more + slowStartPpm(node)
    local isOther = unlike == nil or (node.id ~= unlike.id and (node.zone == '' or node.zone ~= unlike.zone))
    if isOther and withoutStandbys <= capPpm and node ~= best then
      if best == nil or wanted < bestScore then
        best, bestScore, second, secondScore = node, wanted, best, bestScore
      elseif second == nil or wanted < secondScore then
        second, secondScore = node, wanted
      end
    end
  end
  return best, second
end

-- One call places many rooms. The two best candidates of a draw are remembered for the next one, which then needs half the
-- fresh nodes: the emptiest of two fresh and two remembered is no fuller than the emptiest of four fresh, as long as a
-- remembered one is looked at in its present state (Mitzenmacher, Prabhakar, Shah, "Load balancing with memory", 2002). Fresh
-- ones are drawn for several rooms at a time.
local drawsOf = {}
local FRESH, DRAWN = limits.candidates / 2, limits.candidates * 4

-- The site's draw, which keeps `best` and `second`, and the candidates.
local function drawWithMemory(site)
  local draw = drawsOf[site]
  if not draw then
    draw = { nodeIds = {}, next = 1 }
    drawsOf[site] = draw
    return draw, drawCandidates(site, limits.candidates)
  end
  if draw.next > #draw.nodeIds then draw.nodeIds, draw.next = drawMembers(eligibleKey(site), DRAWN), 1 end
  local found = addFit({ draw.best, draw.second }, site, { unpack(draw.nodeIds, draw.next, draw.next + FRESH - 1) })
  draw.next = draw.next + FRESH
  return draw, found
end
