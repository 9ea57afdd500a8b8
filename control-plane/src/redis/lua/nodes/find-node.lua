-- Purpose: the site of a node. Kept under the global root.
-- @include keys
-- KEYS[1] global root
-- ARGV 1 node
-- Returns { site or '' }
return { string.match(redis.call('HGET', root .. ':index', ARGV[1]) or '', ' (%S+)$') or '' }
