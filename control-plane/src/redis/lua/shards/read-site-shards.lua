-- Purpose: the number of each site that has a root of its own. Kept under the global root.
-- @include keys
-- KEYS[1] global root
-- Returns { site, number, … }
return redis.call('HGETALL', root .. ':homes')
