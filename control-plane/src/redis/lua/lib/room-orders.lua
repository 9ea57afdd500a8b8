-- What a node is to do about a room, sent with the answer to its next report. drop: the meeting is over. moved: it runs
-- elsewhere, and its participants rejoin. changed: its standby has changed, and its participants rejoin to learn of it.
local RANK = { changed = 1, moved = 2, drop = 3 }
local function orderNode(nodeId, name, order)
  local before = redis.call('HGET', roomOrdersKey(nodeId), name)
  if not before or RANK[before] < RANK[order] then redis.call('HSET', roomOrdersKey(nodeId), name, order) end
end
