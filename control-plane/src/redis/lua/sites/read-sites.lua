-- Purpose: every site under this root with its sums, which are kept up and not worked out here.
-- @include limits
-- @include keys
-- @include clock
-- @include write-clock
-- @include node
-- KEYS[1] root
-- ARGV 1 told tick: so that each replica says what it was told every second, also one that nobody joins through
-- Returns { tick, { site, nodes, silent, frozen (1|0), cap, load, res, serving, rooms, people, ranges, fallback, boundary, spare,
--           URL of one serving node or '', alone [, of the ordered restart: state, node, done, skipped, total, reason, need, free,
--           stopping (1|0)] }, … }
local answer = { tick }
for _, site in ipairs(redis.call('SMEMBERS', sitesKey)) do
  local f = redis.call('HMGET', siteKey(site), 'cap', 'load', 'res', 'serving', 'rooms', 'people', 'ranges', 'fallback',
    'boundary', 'spare', 'alone')
  local one = redis.call('SRANDMEMBER', eligibleKey(site))
  local card = one and redis.call('GET', cardKey(one)) or ''
  local row = { site, redis.call('ZCARD', seenKey(site)),
    redis.call('ZCOUNT', seenKey(site), 1, '(' .. (now - limits.suspectMs)), frozen(site, now) and 1 or 0,
    f[1] or 0, f[2] or 0, f[3] or 0, f[4] or 0, f[5] or 0, f[6] or 0, f[7] or '', f[8] or '', f[9] or 'soft',
    f[10] or 'largest-node', string.match(card, '^[^\n]*'), f[11] or 'off' }
  local r = redis.call('HMGET', restartKey(site), 'state', 'node', 'done', 'skipped', 'total', 'reason', 'need', 'free', 'stopping')
  if r[1] then for i = 1, 9 do table.insert(row, r[i] or '') end end
  table.insert(answer, row)
end
return answer
