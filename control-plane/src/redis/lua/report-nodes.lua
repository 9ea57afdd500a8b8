-- Purpose: take in what nodes say of themselves and answer what is wanted of each. Many at once: 20,000 report every
-- few seconds. The work is in proportion to what changed.
-- @include limits
-- @include keys
-- @include clock
-- @include node
-- @include reservation
-- @include room
-- @include sight
-- KEYS[1] root
-- ARGV 1 letters of this root as rooms' homes ('' for the only one), then for each report: node, secretHash, bootId, seq,
--      up (1|0), utilPpm or '' (not known: the last one holds), capTracks, joins per second, reading JSON,
--      rooms JSON { since (0: whole), [[name, participants, tracks], …], [gone, …], rooms, participants } or '' (not known:
--      the last one holds)
-- Returns { answer… }: { 'unauthorized' } (or from a boot that was replaced) | { 'ok' | 'stale', state, whole wanted (1|0), [drop…], [foreign name, tracks…] };
--         stale = an older report, not used; foreign = rooms whose record stands under another root (tracks -1: gone)
local now, home = nowMs(), ARGV[1]

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
      local roomId, _, at = partsOf(name)
      if roomId and at == home then learn(roomId)
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
      if cost == 'drop' then table.insert(answer[4], name)
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

local function report(node, secretHash, bootId, seq, up, utilPpm, capTracks, joinsCap, reading, rooms)
  local n = readWhole(node)
  if not n or n.secretHash ~= secretHash then return { 'unauthorized' } end
  local answer = { 'ok', n.state, 0, {}, {} }
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
  if up == '1' and n.up ~= 1 then
    n.upSinceMs = now
    redis.call('HSET', key, 'upSinceMs', now)
  end
  n.up, n.seq, n.seenMs = tonumber(up), seq, now
  redis.call('HSET', key, 'up', up, 'seq', seq, 'seenMs', now, 'joinsCap', joinsCap, 'capTracks', capTracks)
  redis.call('SET', readingKey(node), reading)
  redis.call('ZADD', seenKey(n.site), now, node)
  -- Without LiveKit there is no load.
  local util = n.up ~= 1 and 0 or tonumber(utilPpm) or n.utilPpm
  if util ~= n.utilPpm then redis.call('HSET', key, 'utilPpm', util) end
  account(n, n.up == 1 and n.state == 'serving', { utilPpm = util, capTracks = tonumber(capTracks) })
  if n.up ~= 1 then
    loseAll(n)
    return answer
  end
  releaseLapsed(n, now)
  if rooms ~= '' then takeRooms(n, rooms, answer) end
  for _, name in ipairs(redis.call('SMEMBERS', dropKey(node))) do table.insert(answer[4], name) end
  if #answer[4] > 0 then redis.call('DEL', dropKey(node)) end
  return answer
end

local answers = {}
for i = 2, #ARGV, 10 do
  table.insert(answers, report(ARGV[i], ARGV[i + 1], ARGV[i + 2], tonumber(ARGV[i + 3]), ARGV[i + 4], ARGV[i + 5],
    ARGV[i + 6], ARGV[i + 7], ARGV[i + 8], ARGV[i + 9]))
end
settle()
return answers
