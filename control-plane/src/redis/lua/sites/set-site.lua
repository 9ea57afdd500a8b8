-- Purpose: what an operator says of a site.
-- @include keys
-- KEYS[1] root
-- ARGV 1 site, 2 ranges ('a,b'), 3 fallback ('a,b'), 4 boundary, 5 spare, 6 alone
-- Returns { 'unknown' } | { 'set' }
if redis.call('SISMEMBER', sitesKey, ARGV[1]) == 0 then return { 'unknown' } end
redis.call('HSET', siteKey(ARGV[1]), 'ranges', ARGV[2], 'fallback', ARGV[3], 'boundary', ARGV[4], 'spare', ARGV[5], 'alone', ARGV[6])
return { 'set' }
