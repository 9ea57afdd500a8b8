-- The standby levels that operators have set for tenants.
-- Arguments
--   KEYS[1]: shard prefix
--   tenant: text?, absent: all
-- Answers
--   levels
--     levels: [name, off | warm | sound, …], by tenant
-- This header is generated from the definition of the script in redis/scripts.

if not tenant then return answer.levels { levels = redis.call('HGETALL', standbyLevelsKey) } end
local level = redis.call('HGET', standbyLevelsKey, tenant)
return answer.levels { levels = level and { tenant, level } or {} }
