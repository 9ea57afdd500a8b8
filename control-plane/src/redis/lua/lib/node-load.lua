-- How full a node is, and how many joins it takes in a second.
-- @include lib/clock
-- @include lib/changes

local function shareOf(node, tracks)
  if node.capacityTracks <= 0 then return math.huge end
  return tracks * 1000000 / node.capacityTracks
end

-- Load in millionths of its capacity: the scarcest of its four resources, plus what is reserved.
local function scoreOf(node) return node.utilisationPpm + shareOf(node, node.reservedTracks) end

-- joinsInSecond is second × SECOND + joins in that second.
local SECOND = 1000000
local function joinsNow(node)
  local second = math.floor(now / 1000)
  return math.floor(node.joinsInSecond / SECOND) == second and node.joinsInSecond % SECOND or 0, second
end
local function takesJoins(node) return node.joinsPerSecMax <= 0 or joinsNow(node) < node.joinsPerSecMax end

-- Counts joins, one by default. Returns false when the node takes no more in this second; rejoins are counted but never
-- refused.
local function countJoins(node, purpose, people)
  local joins, second = joinsNow(node)
  if purpose ~= 'rejoin' and node.joinsPerSecMax > 0 and joins >= node.joinsPerSecMax then return false end
  node.joinsInSecond = second * SECOND + joins + (people or 1)
  joinedNodes[node.id] = node
  return true
end
