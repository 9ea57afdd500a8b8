-- The shards of all sites that have one of their own.
-- Arguments
--   KEYS[1]: shard prefix
-- Answers
--   shards
--     sites: [name, number, …], number by site
-- This header is generated from the definition of the script in redis/scripts.

return answer.shards { sites = redis.call('HGETALL', siteShardsKey) }
