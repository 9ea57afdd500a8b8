-- Purpose: what a node under another root says of rooms whose record is here.
-- @include limits
-- @include keys
-- @include clock
-- @include room
-- @include lost-records
-- @include confirm
-- KEYS[1] root
-- ARGV 1 node, 2 its site, then for each room: name, tracks (-1: it is over there)
-- Returns { name, drop | moved, … }: what it is to do about them
local orders = {}
for i = 3, #ARGV, 2 do
  local roomId, epoch = partsOf(ARGV[i])
  local tracks = tonumber(ARGV[i + 1])
  local wanted
  if tracks < 0 then learn(roomId, epoch)
  else wanted = sight(roomId, epoch, ARGV[1], ARGV[2], tracks, true, nowMs()) end
  if wanted == 'drop' or wanted == 'moved' then
    table.insert(orders, ARGV[i])
    table.insert(orders, wanted)
  end
end
return orders
