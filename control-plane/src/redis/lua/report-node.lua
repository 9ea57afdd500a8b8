-- Purpose: take in what a node says of itself and answer what is wanted of it.
-- @include keys
-- @include reservation
-- KEYS[1] root
-- ARGV 1 node, 2 secretHash, 3 bootId, 4 seq, 5 up (1|0), 6 utilPpm or '' (not known: the last one holds), 7 capTracks,
--      8 details JSON, 9 rooms JSON [[name, participants, tracks], …] or '' (not known: the last reading holds)
-- Returns { 'unauthorized' } | { 'ok' | 'stale', state, drop… }; stale = an older report of the same boot, not used.
local node, up = ARGV[1], ARGV[5] == '1'
local key = nodeKey(node)
local now = nowMs()
local f = redis.call('HMGET', key, 'secretHash', 'state', 'bootId', 'seq', 'site')
if not f[1] or f[1] ~= ARGV[2] then return { 'unauthorized' } end
local state, site = f[2], f[5]
if f[3] == ARGV[3] and tonumber(ARGV[4]) <= tonumber(f[4] or 0) then return { 'stale', state } end

redis.call('HSET', key, 'bootId', ARGV[3], 'seq', ARGV[4], 'up', ARGV[5], 'capTracks', ARGV[7], 'details', ARGV[8])
if ARGV[6] ~= '' then redis.call('HSET', key, 'utilPpm', ARGV[6]) end
redis.call('ZADD', nodesKey, now, node)
if up and state == 'serving' then
  redis.call('SADD', eligibleKey(site), node)
  redis.call('SADD', eligibleKey(''), node)
else
  redis.call('SREM', eligibleKey(site), node)
  redis.call('SREM', eligibleKey(''), node)
end

local answer = { 'ok', state }
if not up then
  -- LiveKit is gone and its rooms with it: nothing is live there, no promise there is worth anything.
  redis.call('DEL', key .. ':live')
  redis.call('HSET', key, 'utilPpm', 0, 'rooms', 0, 'participants', 0)
  dropAllReservations(node)
  return answer
end
releaseLapsed(node, now)
if ARGV[9] == '' then return answer end

redis.call('DEL', key .. ':live')
local count, participants = 0, 0
for _, r in ipairs(cjson.decode(ARGV[9])) do
  local name, people, tracks = r[1], r[2], r[3]
  local roomId, epochText = string.match(name, '^(%w+)~(%d+)$')
  count = count + 1
  participants = participants + people
  if roomId then
    local epoch = tonumber(epochText)
    local p = redis.call('HMGET', placeKey(roomId), 'node', 'epoch')
    local current = tonumber(p[2] or 0)
    if redis.call('HEXISTS', roomKey(roomId), 'endedAtMs') == 1 then
      table.insert(answer, name)
    elseif epoch < current or (epoch == current and p[1] ~= node) then
      table.insert(answer, name)
    else
      if epoch > current then
        -- The store lost this placement: the nodes know better, highest epoch first.
        redis.call('HSET', placeKey(roomId), 'node', node, 'epoch', epoch, 'placedAtMs', now)
        local expires = redis.call('HGET', roomKey(roomId), 'expiresAtMs')
        if expires then redis.call('PEXPIREAT', placeKey(roomId), expires) end
        if p[1] then releaseReservation(p[1], roomId .. '~' .. current) end
      end
      redis.call('SADD', key .. ':live', name)
      -- The promise melts as the load is seen.
      local reserved = tonumber(redis.call('HGET', key .. ':reserved', name) or 0)
      if reserved > 0 then
        local cost = tonumber(redis.call('HGET', roomKey(roomId), 'costTracks') or 0)
        local left = math.max(0, cost - tracks)
        if left < reserved then
          redis.call('HSET', key .. ':reserved', name, left)
          redis.call('HINCRBY', key, 'reservedTracks', left - reserved)
        end
      end
    end
  end
end
redis.call('HSET', key, 'rooms', count, 'participants', participants)
return answer
