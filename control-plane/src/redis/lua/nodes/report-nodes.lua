-- Purpose: take in what nodes say of themselves and answer what is wanted of each. Many at once: 20,000 report every
-- few seconds. The work is in proportion to what changed.
-- @include limits
-- @include keys
-- @include clock
-- @include node
-- @include reservation
-- @include room
-- @include room-orders
-- @include standby
-- @include lost-records
-- @include confirm
-- KEYS[1] root
-- ARGV for each report: node, secretHash, bootId, seq,
--      up (1|0), utilPpm or '' (not known: the last one holds), capTracks, joins per second, how long it still stays in ms
--      or '' (it does not want to leave), 1: its URL is wanted if it was not reached yet, reading JSON,
--      rooms JSON { since (0: whole), [[name, participants, tracks], …], [gone, …], rooms, participants } or '' (not known:
--      the last one holds), start of LiveKit in s by the node's clock or '' (not known), 1: it was told to restart LiveKit and
--      cannot
-- Returns { answer… }: { 'unauthorized' } (or from a boot that was replaced) | { 'ok' | 'stale', state, whole wanted (1|0), [name, order…],
--           [foreign name, tracks…], its URL if it was not reached yet, its site,
--           1: LiveKit is to be restarted };
--         stale = an older report, not used; foreign = rooms whose record stands under another root (tracks -1: gone)
local now = nowMs()

local function takeRooms(n, json, answer)
  local since, list, gone, rooms, people = unpack(cjson.decode(json))
  local key = liveKey(n.id)
  if since == 0 then
    -- Whole: whatever is not in it is gone.
    local known = {}
    for _, r in ipairs(list) do known[r[1]] = true end
    gone = {}
    for _, name in ipairs(redis.call('SMEMBERS', key)) do if not known[name] then table.insert(gone, name) end end
  elseif since ~= n.roomsSeq then
    answer[3] = 1
    return
  end
  for _, name in ipairs(gone) do
    if redis.call('SREM', key, name) == 1 then
      release(n, name)
      local roomId, epoch, at = partsOf(name)
      if roomId and at == home then learn(roomId, epoch)
      elseif roomId then
        table.insert(answer[5], name)
        table.insert(answer[5], -1)
      end
    end
  end
  for _, r in ipairs(list) do
    local name, tracks = r[1], r[3]
    local roomId, epoch, at = partsOf(name)
    if roomId and at ~= home then
      redis.call('SADD', key, name)
      melt(n, name, math.max(0, reservedOf(n, name) - tracks))
      table.insert(answer[5], name)
      table.insert(answer[5], tracks)
    elseif roomId then
      local cost = sight(roomId, epoch, n.id, n.site, tracks, false, now)
      if cost == 'drop' or cost == 'moved' then
        redis.call('SREM', key, name)
        release(n, name)
        order(n.id, name, cost)
      else
        redis.call('SADD', key, name)
        local lapse = tonumber(redis.call('ZSCORE', lapseKey(n.id), name) or 0)
        if lapse > 0 then melt(n, name, worthOf(math.max(0, cost - tracks), lapse, now)) end
      end
    end
  end
  redis.call('HSET', nodeKey(n.id), 'rooms', rooms, 'people', people, 'roomsSeq', n.seq)
  addToSite(n.site, 'rooms', rooms - n.rooms)
  addToSite(n.site, 'people', people - n.people)
end

-- When another LiveKit than before is seen there, and at which time of its own clock it says that it started: that is only
-- ever compared with what the same node said before. Where it is not told, a LiveKit that comes up counts as another one.
local function seeProcess(n, started, cameUp)
  local isOther = n.started and started and math.abs(started - n.started) > limits.clockStepSec or not n.started and cameUp
  if not isOther and (not started or started == n.started) then return end
  n.started = started or n.started
  if isOther then n.runsMs = now end
  redis.call('HSET', nodeKey(n.id), 'runs', (n.started or '?') .. ' ' .. string.format('%.0f', n.runsMs))
end

local function report(node, secretHash, bootId, seq, up, utilPpm, capTracks, joinsCap, staysMs, wantsUrl, reading, rooms, started, cannot)
  local n = readWhole(node)
  if not n or n.secretHash ~= secretHash then return { 'unauthorized' } end
  local answer = { 'ok', n.state, 0, {}, {}, '', n.site, 0 }
  -- Late, or a second time.
  if bootId == n.bootId and seq <= n.seq then
    answer[1] = 'stale'
    return answer
  end
  -- From before a restart: whoever sent it is gone and will not ask again. Should it be the other way round, and a late
  -- one have passed for a new start, the agent that is alive enrols again, which makes its boot the one that counts.
  if bootId == n.lastBootId then return { 'unauthorized' } end
  local key = nodeKey(node)
  if bootId ~= n.bootId then
    redis.call('HSET', key, 'bootId', bootId, 'lastBootId', n.bootId)
    n.roomsSeq = 0
  end
  local cameUp = up == '1' and n.up ~= 1
  seeProcess(n, tonumber(started), cameUp)
  if cameUp then
    n.upSinceMs = now
    redis.call('HSET', key, 'upSinceMs', now)
  end
  n.up, n.seq, n.seenMs = tonumber(up), seq, now
  redis.call('HSET', key, 'up', up, 'seq', seq, 'seenMs', now, 'joinsCap', joinsCap, 'capTracks', capTracks)
  -- Told anew with each report: an agent that comes back after its end serves again.
  local leaving = staysMs ~= '' and (n.leaving > 0 and n.leaving or now + tonumber(staysMs)) or 0
  if leaving ~= n.leaving then
    n.leaving = leaving
    redis.call('HSET', key, 'leaving', string.format('%.0f', leaving))
    if leaving > 0 then redis.call('SADD', emptyingKey, node) end
  end
  redis.call('SET', readingKey(node), reading)
  redis.call('ZADD', seenKey(n.site), now, node)
  -- Without LiveKit there is no load.
  local util = n.up ~= 1 and 0 or tonumber(utilPpm) or n.utilPpm
  if util ~= n.utilPpm then redis.call('HSET', key, 'utilPpm', util) end
  account(n, serves(n), { utilPpm = util, capTracks = tonumber(capTracks) })
  if n.up ~= 1 then
    loseAll(n)
    return answer
  end
  if n.restartMs > 0 and n.restartMs >= n.runsMs then
    answer[8] = 1
    if cannot == '1' then redis.call('HSET', restartKey(n.site), 'cannot', 1) end
  end
  releaseLapsed(n, now)
  if rooms ~= '' then takeRooms(n, rooms, answer) end
  yieldLive(n, limits.joinCapPpm)
  if wantsUrl == '1' and not n.reached then answer[6] = string.match(cardOf(node), '^[^\n]*') end
  answer[4] = redis.call('HGETALL', ordersKey(node))
  if #answer[4] > 0 then redis.call('DEL', ordersKey(node)) end
  return answer
end

local answers = {}
for i = 1, #ARGV, 14 do
  table.insert(answers, report(ARGV[i], ARGV[i + 1], ARGV[i + 2], tonumber(ARGV[i + 3]), ARGV[i + 4], ARGV[i + 5],
    ARGV[i + 6], ARGV[i + 7], ARGV[i + 8], ARGV[i + 9], ARGV[i + 10],
    ARGV[i + 11], ARGV[i + 12], ARGV[i + 13]))
end
settle()
return answers
