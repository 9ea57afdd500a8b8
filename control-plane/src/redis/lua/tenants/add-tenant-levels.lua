-- Copies standby levels of tenants into a new shard. Levels that were set there in the meantime are kept.
-- Arguments
--   KEYS[1]: shard prefix
-- For each item
--   tenant: text
--   level: off | warm | sound
-- Answers
--   done
-- This header is generated from the definition of the script in redis/scripts.

for tenant in each() do redis.call('HSETNX', standbyLevelsKey, tenant.tenant, tenant.level) end
return answer.done {}
