-- Purpose: whether a node was enrolled with this secret. Kept under the global root.
-- @include keys
-- KEYS[1] global root
-- ARGV 1 node, 2 secretHash
-- Returns { 1 } | { 0 }
return { string.match(redis.call('HGET', root .. ':index', ARGV[1]) or '', '^%S+') == ARGV[2] and 1 or 0 }
