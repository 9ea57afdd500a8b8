-- Purpose: what no report and no join does: silent nodes leave the draw, dead ones lose their rooms and promises, and
-- promises are held against the truth, a few nodes at a time. Any replica may call; one call every sweepMs per site does it.
-- @include limits
-- @include keys
-- @include clock
-- @include node
-- @include reservation
-- @include room
-- @include room-orders
-- @include standby
-- KEYS[1] root
-- ARGV 1 site
-- Returns { 'idle' } | { 'swept', weeded, dead, tracks of promises that were wrong }
local site, now = ARGV[1], nowMs()
local key = siteKey(site)
if now - tonumber(redis.call('HGET', key, 'sweptMs') or 0) < limits.sweepMs then return { 'idle' } end
redis.call('HSET', key, 'sweptMs', now)

local weeded, dead, mended = 0, 0, 0
for _, id in ipairs(redis.call('ZRANGEBYSCORE', seenKey(site), 1, now - limits.suspectMs, 'LIMIT', 0, 200)) do
  local n = readWhole(id)
  if n and n.eligible == 1 then
    account(n, false)
    weeded = weeded + 1
  end
  if n and n.rooms + n.people > 0 and isDead(n, now) then
    loseAll(n)
    dead = dead + 1
  end
end

-- An empty truth is no truth: when nobody is heard of, the fault is ours and no promise is judged.
if redis.call('ZCOUNT', seenKey(site), now - limits.suspectMs, '+inf') == 0 then
  settle()
  return { 'swept', weeded, dead, 0 }
end
local after = redis.call('HGET', key, 'sweepAfter') or ''
local batch = redis.call('ZRANGEBYLEX', namesKey(site), after == '' and '-' or '(' .. after, '+', 'LIMIT', 0, limits.sweepNodes)
redis.call('HSET', key, 'sweepAfter', #batch < limits.sweepNodes and '' or batch[#batch])
for _, id in ipairs(batch) do
  local n = readWhole(id)
  if n then
    releaseLapsed(n, now)
    local sum = 0
    local held = redis.call('HGETALL', reservedKey(id))
    for i = 1, #held, 2 do
      local name, tracks = held[i], tonumber(held[i + 1])
      local standby = string.sub(name, 1, 1) == '+'
      local roomId, epoch, at = partsOf(standby and string.sub(name, 2) or name)
      local room = roomId and at == home and redis.call('HMGET', roomKey(roomId), 'epoch', 'node', 'standby', 'cost') or {}
      -- A record that is missing proves nothing; one that says otherwise does.
      local wrong
      if room[1] and standby then wrong = room[3] ~= epoch .. ' ' .. id
      elseif room[1] then wrong = tonumber(room[1]) ~= epoch or room[2] ~= id end
      if wrong then
        release(n, name)
        mended = mended + tracks
      else
        local lapse = redis.call('ZSCORE', lapseKey(id), name)
        if not lapse then redis.call('ZADD', lapseKey(id), now + limits.reservationMs, name)
        elseif room[4] and not standby then
          melt(n, name, worthOf(tonumber(room[4]), tonumber(lapse), now))
          tracks = reservedOf(n, name)
        end
        sum = sum + tracks
      end
    end
    if sum ~= n.resTracks then
      mended = mended + math.abs(n.resTracks - sum)
      if n.eligible == 1 then addToSite(site, 'res', sum - n.resTracks) end
      n.resTracks = sum
      changed[id] = n
    end
  end
end
settle()
return { 'swept', weeded, dead, mended }
