-- Purpose: the standby levels that operators gave to tenants.
-- @include keys
-- KEYS[1] root
-- ARGV 1 tenant, or '': all
-- Returns { tenant, level… }
if ARGV[1] == '' then return redis.call('HGETALL', levelsKey) end
local level = redis.call('HGET', levelsKey, ARGV[1])
return level and { ARGV[1], level } or {}
