-- Purpose: a new root learns the standby levels of tenants. What it was told meanwhile stays.
-- @include keys
-- KEYS[1] root
-- ARGV tenant, level…
-- Returns {}
for i = 1, #ARGV, 2 do redis.call('HSETNX', levelsKey, ARGV[i], ARGV[i + 1]) end
return {}
