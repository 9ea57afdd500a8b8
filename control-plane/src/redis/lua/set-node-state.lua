-- Purpose: cordon, uncordon or drain a node. Takes effect on the next placement; the node hears of it with its next report.
-- @include limits
-- @include keys
-- @include clock
-- @include node
-- KEYS[1] root
-- ARGV 1 node, 2 state (serving | cordoned | draining)
-- Returns { 'unknown' } | { 'set' }
local n = readNode(ARGV[1])
if not n then return { 'unknown' } end
redis.call('HSET', nodeKey(n.id), 'state', ARGV[2])
account(n, ARGV[2] == 'serving' and n.up == 1 and nowMs() - n.seenMs <= limits.suspectMs)
settle()
return { 'set' }
