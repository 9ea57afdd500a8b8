-- Purpose: what it takes to send somebody to a node.
-- @include keys
-- KEYS[1] root
-- ARGV 1 node
-- Returns { card or '' }
return { redis.call('GET', cardKey(ARGV[1])) or '' }
