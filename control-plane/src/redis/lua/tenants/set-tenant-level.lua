-- Sets the standby level of a tenant’s rooms that have none of their own. Applies from their next join on.
-- Arguments
--   KEYS[1]: shard prefix
--   tenant: text
--   level: (off | warm | sound)?, absent: the level of the installation
-- Answers
--   set
-- This header is generated from the definition of the script in redis/scripts.

if level then redis.call('HSET', standbyLevelsKey, tenant, level) else redis.call('HDEL', standbyLevelsKey, tenant) end
return answer.set {}
