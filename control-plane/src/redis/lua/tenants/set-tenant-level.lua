-- Purpose: how well the rooms of a tenant are stood by for, where they say nothing themselves. Holds from the next join or
-- rejoin of each.
-- @include keys
-- KEYS[1] root
-- ARGV 1 tenant, 2 level (off | warm | sound), or '': as the installation has it
-- Returns {}
if ARGV[2] == '' then redis.call('HDEL', levelsKey, ARGV[1]) else redis.call('HSET', levelsKey, ARGV[1], ARGV[2]) end
return {}
