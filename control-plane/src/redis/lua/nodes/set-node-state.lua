-- Purpose: cordon, uncordon or drain a node. Takes effect on the next placement; the node hears of it with its next report.
-- @include limits
-- @include keys
-- @include clock
-- @include node
-- @include drain
-- KEYS[1] root
-- ARGV 1 node, 2 state (serving | cordoned | draining), 3 draining: how long it may take in ms, else '',
--      4 draining: what other sites would take ('site tracks,site tracks'), or 'any': not to be asked
-- Returns { 'unknown' } | { 'set' } | { 'too_full', tracks of its rooms, tracks free for them }
local n = readNode(ARGV[1])
if not n then return { 'unknown' } end
if ARGV[2] == 'draining' and n.state ~= 'draining' and ARGV[4] ~= 'any' then
  local need, free = fitOf(n, ARGV[4])
  if need > free then return { 'too_full', need, free } end
end
setState(n, ARGV[2], nowMs(), tonumber(ARGV[3]))
settle()
return { 'set' }
