-- Purpose: this node's LiveKit has been reached from a replica, so that not reaching it means something.
-- @include keys
-- KEYS[1] root
-- ARGV 1 node
-- Returns { 'done' }
if redis.call('EXISTS', nodeKey(ARGV[1])) == 1 then redis.call('HSET', nodeKey(ARGV[1]), 'reached', 1) end
return { 'done' }
