-- Reading a node as a candidate. Needs keys.lua and reservation.lua.

-- { site, url, apiKey, sealedSecret, state, up, score, capTracks, silentMs } or nil when the node is not enrolled.
local function readNode(node, now)
  releaseLapsed(node, now)
  local f = redis.call('HMGET', nodeKey(node), 'site', 'url', 'apiKey', 'sealedSecret', 'state', 'up', 'utilPpm',
    'capTracks', 'reservedTracks')
  if not f[1] then return nil end
  local cap = tonumber(f[8] or 0)
  local seen = tonumber(redis.call('ZSCORE', nodesKey, node) or 0)
  local reservedPpm = 0
  if cap > 0 then reservedPpm = tonumber(f[9] or 0) * 1000000 / cap end
  return {
    id = node, site = f[1], url = f[2], apiKey = f[3], sealedSecret = f[4], state = f[5], up = f[6] == '1',
    score = tonumber(f[7] or 0) + reservedPpm, capTracks = cap, silentMs = now - seen,
  }
end

local function scoreWith(n, tracks)
  if n.capTracks <= 0 then return math.huge end
  return n.score + tracks * 1000000 / n.capTracks
end

-- The best of `count` random eligible nodes of a site ('' = any) that stays under the cap with `tracks` more.
-- Returns the node or nil, and whether any healthy node was seen at all.
local function draw(site, count, tracks, capPpm, suspectAfterMs, now)
  local best, bestScore, healthy = nil, nil, false
  for _, id in ipairs(redis.call('SRANDMEMBER', eligibleKey(site), count)) do
    local n = readNode(id, now)
    if n == nil or not n.up or n.state ~= 'serving' or n.silentMs > suspectAfterMs then
      -- Weeded out here, put back by its next report.
      redis.call('SREM', eligibleKey(site), id)
    else
      healthy = true
      local s = scoreWith(n, tracks)
      if s <= capPpm and (bestScore == nil or s < bestScore) then best, bestScore = n, s end
    end
  end
  return best, healthy
end
