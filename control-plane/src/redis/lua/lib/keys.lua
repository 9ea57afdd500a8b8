-- Same names as keys.ts. KEYS[1] is the root, so the slot is declared to Redis Cluster.
local root = KEYS[1]
local function roomKey(roomId) return root .. ':room:' .. roomId end
local function placeKey(roomId) return root .. ':place:' .. roomId end
local function nodeKey(node) return root .. ':node:' .. node end
local function eligibleKey(site)
  if site == '' then return root .. ':eligible' end
  return root .. ':eligible:' .. site
end
local nodesKey, sitesKey = root .. ':nodes', root .. ':sites'

-- Time is Redis's time, in whole milliseconds.
local function nowMs()
  local t = redis.call('TIME')
  return tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
end
