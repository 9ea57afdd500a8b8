-- Purpose: a node has moved to another site: nothing of it stays at the old one.
-- @include limits
-- @include keys
-- @include clock
-- @include node
-- @include reservation
-- @include room
-- @include room-orders
-- @include standby
-- KEYS[1] root
-- ARGV 1 node, 2 site that it left
-- Returns 'done'
local n = readWhole(ARGV[1])
if n and n.site == ARGV[2] then
  loseAll(n)
  account(n, false)
  settle()
  redis.call('DEL', nodeKey(n.id), cardKey(n.id), readingKey(n.id), ordersKey(n.id))
end
redis.call('ZREM', seenKey(ARGV[2]), ARGV[1])
redis.call('ZREM', namesKey(ARGV[2]), ARGV[1])
return 'done'
