-- Purpose: where is this room? Existing placement, or pick a node, reserve and raise the epoch: all in one step, so
-- sixteen replicas asking at once get one answer.
-- @include keys
-- @include reservation
-- @include candidate
-- KEYS[1] root
-- ARGV 1 roomId, 2 purpose (join | rejoin), 3 preferred site or '', 4 hash of the host key that is claimed or '',
--      5 newRoomCapPpm, 6 joinCapPpm, 7 reservationTtlMs, 8 suspectAfterMs, 9 deadAfterMs, 10 candidates
-- Returns { 'unknown' } | { 'forbidden' } | { 'no_node' } | { 'fleet_full' } | { 'node_full' }
--       | { 'placed', node, epoch, site, url, apiKey, sealedSecret, title, expiresAtMs }
local roomId, purpose, wish = ARGV[1], ARGV[2], ARGV[3]
local newRoomCap, joinCap, ttl = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local suspectAfter, deadAfter, count = tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10])
local now = nowMs()

local room = redis.call('HMGET', roomKey(roomId), 'title', 'hostKeyHash', 'costTracks', 'site', 'expiresAtMs', 'endedAtMs')
if not room[5] or room[6] or tonumber(room[5]) <= now then return { 'unknown' } end
if ARGV[4] ~= '' and ARGV[4] ~= room[2] then return { 'forbidden' } end
local cost, site = tonumber(room[3]), room[4] or ''

local function placed(n, epoch)
  return { 'placed', n.id, epoch, n.site, n.url, n.apiKey, n.sealedSecret, room[1], room[5] }
end

local p = redis.call('HMGET', placeKey(roomId), 'node', 'epoch')
local epoch = tonumber(p[2] or 0)
if p[1] then
  local n = readNode(p[1], now)
  if n and n.up and n.silentMs <= deadAfter then
    local name = roomId .. '~' .. epoch
    local live = redis.call('SISMEMBER', nodeKey(n.id) .. ':live', name) == 1
    local promised = redis.call('ZSCORE', nodeKey(n.id) .. ':lapse', name)
    if live or promised then
      if purpose == 'join' and live and n.score > joinCap then return { 'node_full' } end
      -- Somebody is on the way again: the promise must not lapse under them. What is left of it stays as it is.
      local left = tonumber(redis.call('HGET', nodeKey(n.id) .. ':reserved', name) or 0)
      reserve(n.id, name, left, now + ttl)
      return placed(n, epoch)
    end
    -- Nobody is there and nobody was promised: as good as new, but the same node saves an epoch if it still fits.
    if n.state == 'serving' and n.silentMs <= suspectAfter and scoreWith(n, cost) <= newRoomCap then
      reserve(n.id, name, cost, now + ttl)
      return placed(n, epoch)
    end
  end
  releaseReservation(p[1], roomId .. '~' .. epoch)
end

-- The room's own site first, then the joiner's, then anywhere: a small draw, then a wide one before giving up.
local best, healthy = nil, false
local tried = {}
for _, s in ipairs({ site, wish, '' }) do
  if not best and not tried[s] and (s ~= '' or _ == 3) then
    tried[s] = true
    for _, c in ipairs({ count, count * 8 }) do
      if not best then
        local seen
        best, seen = draw(s, c, cost, newRoomCap, suspectAfter, now)
        healthy = healthy or seen
      end
    end
  end
end
if not best then
  if healthy then return { 'fleet_full' } end
  return { 'no_node' }
end

epoch = epoch + 1
redis.call('HSET', placeKey(roomId), 'node', best.id, 'epoch', epoch, 'placedAtMs', now)
redis.call('PEXPIREAT', placeKey(roomId), room[5])
reserve(best.id, roomId .. '~' .. epoch, cost, now + ttl)
return placed(best, epoch)
