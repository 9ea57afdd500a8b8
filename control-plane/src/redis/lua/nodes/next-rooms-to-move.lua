-- Purpose: the next rooms to move from nodes that are to be emptied. Any replica may ask; one call every emptyMs per node
-- gets some.
-- @include limits
-- @include keys
-- @include clock
-- @include node
-- KEYS[1] root
-- Returns { node, [room name…], node, [room name…], … }
local now, answer = nowMs(), {}
for _, id in ipairs(redis.call('SMEMBERS', emptyingKey)) do
  local n = readNode(id)
  if not n or (n.leaving == 0 and n.state ~= 'draining') then redis.call('SREM', emptyingKey, id)
  elseif now - tonumber(redis.call('HGET', nodeKey(id), 'emptiedMs') or 0) >= limits.emptyMs then
    local names = redis.call('SRANDMEMBER', liveKey(id), limits.emptyRooms)
    if #names > 0 then
      redis.call('HSET', nodeKey(id), 'emptiedMs', string.format('%.0f', now))
      table.insert(answer, id)
      table.insert(answer, names)
    end
  end
end
return answer
