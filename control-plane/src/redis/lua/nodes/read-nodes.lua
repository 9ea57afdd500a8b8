-- Purpose: one page of the nodes of a site, by id.
-- @include limits
-- @include keys
-- @include clock
-- @include node
-- KEYS[1] root
-- ARGV 1 site, 2 after this id or '', 3 how many at most
-- Returns { now, { id, site, zone, state, up, utilPpm, capTracks, resTracks, seenMs, rooms, people, card, reading, frozen, leaving or drain until ms or '',
--           rooms when the drain began or '', rooms still to be moved }, … }
local now = nowMs()
local answer = { now }
local from = ARGV[2] == '' and '-' or '(' .. ARGV[2]
local still = frozen(ARGV[1], now) and 1 or 0
local function drainOf(n)
  local emptying = n.leaving > 0 or n.state == 'draining'
  if not emptying then return { '', '', '' } end
  local f = redis.call('HMGET', nodeKey(n.id), 'drainUntilMs', 'drainRooms')
  return { n.leaving > 0 and string.format('%.0f', n.leaving) or f[1] or '', f[2] or '', redis.call('SCARD', liveKey(n.id)) }
end
for _, id in ipairs(redis.call('ZRANGEBYLEX', namesKey(ARGV[1]), from, '+', 'LIMIT', 0, ARGV[3])) do
  local n = readWhole(id)
  if n then
    table.insert(answer, { id, n.site, n.zone, n.state, n.up, n.utilPpm, n.capTracks, n.resTracks, n.seenMs, n.rooms,
      n.people, redis.call('GET', cardKey(id)) or '', redis.call('GET', readingKey(id)) or '', still, unpack(drainOf(n)) })
  end
end
return answer
