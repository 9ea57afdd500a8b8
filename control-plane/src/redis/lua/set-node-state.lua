-- Purpose: cordon, uncordon or drain a node. Takes effect on the next placement; the node hears of it with its next report.
-- @include keys
-- KEYS[1] root
-- ARGV 1 node, 2 state (serving | cordoned | draining)
-- Returns 'unknown' | 'set'
local key = nodeKey(ARGV[1])
local f = redis.call('HMGET', key, 'site', 'up')
if not f[1] then return 'unknown' end
redis.call('HSET', key, 'state', ARGV[2])
if ARGV[2] == 'serving' and f[2] == '1' then
  redis.call('SADD', eligibleKey(f[1]), ARGV[1])
  redis.call('SADD', eligibleKey(''), ARGV[1])
else
  redis.call('SREM', eligibleKey(f[1]), ARGV[1])
  redis.call('SREM', eligibleKey(''), ARGV[1])
end
return 'set'
