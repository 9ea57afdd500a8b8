-- Writes the settings of a site.
-- Arguments
--   KEYS[1]: shard prefix
--   site: text
--   ranges: names
--   fallback: names
--   boundary: soft | hard
--   spare: largest-node | none
--   offline: off | join | start
-- Answers
--   set
--   site_not_found
-- This header is generated from the definition of the script in redis/scripts.

if redis.call('SISMEMBER', sitesKey, site) == 0 then return answer.site_not_found {} end
redis.call('HSET', siteKey(site), 'ranges', ranges, 'fallback', fallback, 'boundary', boundary, 'spare', spare, 'offline',
  offline)
return answer.set {}
