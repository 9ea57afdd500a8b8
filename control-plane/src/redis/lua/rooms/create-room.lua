-- Purpose: write a room record once. A code that is taken (70 random bits: never) is refused, not overwritten.
-- @include limits
-- @include keys
-- @include clock
-- @include write-clock
-- KEYS[1] root
-- ARGV 1 told tick, 2 roomId, 3 title, 4 hostKeyHash, 5 declared cost in tracks or '', 6 site or '', 7 tenant or '',
--      8 ttlMs, 9 startsAtMs or '', 10 standby level or '' (as the installation has it)
-- Returns { tick, 'created', expiresAtMs } | { tick, 'taken' }
local key, tenant = roomKey(ARGV[2]), ARGV[7]
if redis.call('EXISTS', key) == 1 then return { tick, 'taken' } end
local expiresAt = string.format('%.0f', now + tonumber(ARGV[8]))
-- Undeclared: what this tenant's meetings came to, else what most meetings come to.
local cost = ARGV[5]
if cost == '' and tenant ~= '' then cost = redis.call('HGET', learntKey, tenant) or '' end
if cost == '' then cost = limits.defaultCostTracks end
-- In the order in which joins look for them.
redis.call('HSET', key, 'expiresAtMs', expiresAt, 'node', '', 'epoch', 0, 'title', ARGV[3], 'cost', cost, 'hostKeyHash', ARGV[4])
for field, value in pairs({ declared = ARGV[5] ~= '' and '1' or '', site = ARGV[6], tenant = tenant, startsAtMs = ARGV[9],
  level = ARGV[10] }) do
  if value ~= '' then redis.call('HSET', key, field, value) end
end
if unsure then redis.call('HSET', key, 'era', era()) end
redis.call('PEXPIREAT', key, expiresAt)
acknowledge()
return { tick, 'created', expiresAt }
