-- Purpose: a room whose record stands under another root is not, or no longer, for this node.
-- @include limits
-- @include keys
-- @include clock
-- @include node
-- @include reservation
-- KEYS[1] root
-- ARGV 1 node, 2 room name, 3 1: also tell the node to drop it
-- Returns 'done'
local n = readNode(ARGV[1])
if n then
  release(n, ARGV[2])
  if ARGV[3] == '1' then redis.call('SADD', dropKey(n.id), ARGV[2]) end
end
settle()
return 'done'
