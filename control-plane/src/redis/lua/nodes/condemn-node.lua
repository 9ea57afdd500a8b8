-- Purpose: people have lost a node, it does not answer from outside either, and its agent has been silent: it is given
-- up, as if its agent had said that LiveKit is gone. Its next report takes this back.
-- @include limits
-- @include keys
-- @include clock
-- @include node
-- @include reservation
-- @include room
-- @include room-orders
-- @include standby
-- KEYS[1] root
-- ARGV 1 node
-- Returns { 'condemned' } | { 'gone' }: it was already | { 'kept' }: it was heard of a moment ago, or never reached
local n, now = readWhole(ARGV[1]), nowMs()
if not n or n.up ~= 1 then return { 'gone' } end
if not n.reached or now - n.seenMs < limits.condemnAfterMs then return { 'kept' } end
n.up = 0
redis.call('HSET', nodeKey(n.id), 'up', 0, 'utilPpm', 0)
account(n, false, { utilPpm = 0 })
loseAll(n)
settle()
return { 'condemned' }
