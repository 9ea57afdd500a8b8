-- Purpose: what a node under another root says of rooms whose record is here.
-- @include limits
-- @include keys
-- @include clock
-- @include room
-- @include sight
-- KEYS[1] root
-- ARGV 1 node, 2 its site, then for each room: name, tracks (-1: it is over there)
-- Returns { name to drop, … }
local drop = {}
for i = 3, #ARGV, 2 do
  local roomId, epoch = partsOf(ARGV[i])
  local tracks = tonumber(ARGV[i + 1])
  if tracks < 0 then learn(roomId)
  elseif sight(roomId, epoch, ARGV[1], ARGV[2], tracks, true, nowMs()) == 'drop' then table.insert(drop, ARGV[i]) end
end
return drop
