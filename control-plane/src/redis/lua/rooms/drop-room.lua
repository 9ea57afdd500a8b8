-- Purpose: a room whose record stands under another root is not, or no longer, for this node.
-- @include limits
-- @include keys
-- @include clock
-- @include node
-- @include reservation
-- @include room-orders
-- KEYS[1] root
-- ARGV 1 node, 2 room name, 3 what to tell the node (lib/room-orders.lua) or ''
-- Returns 'done'
local n = readNode(ARGV[1])
if n then
  release(n, ARGV[2])
  redis.call('SREM', liveKey(n.id), ARGV[2])
  if ARGV[3] ~= '' then order(n.id, ARGV[2], ARGV[3]) end
end
settle()
return 'done'
