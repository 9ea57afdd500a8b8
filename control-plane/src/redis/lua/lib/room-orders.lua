-- What a node is to do about rooms, told with the answer to its next report: one hash per node, name → order. Needs
-- keys.lua.
-- drop: the room is over; moved: it runs elsewhere, its people are to ask again; changed: its standby is another one.
local RANK = { changed = 1, moved = 2, drop = 3 }
local function order(node, name, what)
  local before = redis.call('HGET', ordersKey(node), name)
  if not before or RANK[before] < RANK[what] then redis.call('HSET', ordersKey(node), name, what) end
end
