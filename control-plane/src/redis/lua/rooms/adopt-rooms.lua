-- Writes the records of rooms that agents created while their branch was offline. Known rooms stay as they are.
-- Arguments
--   KEYS[1]: shard prefix
--   node: text
--   site: text, of the node
-- For each item
--   roomId: text
--   title: text
--   hostKeyHash: text
--   expiresAtMs: number
-- Answers
--   adopted
--     count: number
--     isCut: flag, the node may add no more in this hour
-- This header is generated from the definition of the script in redis/scripts.

-- @include lib/room-names
-- @include reports/claim
local adopted, isCut, by, there = 0, false, claimant(node, node), elsewhere(site, node)
for room in each() do
  local key = roomKey(room.roomId)
  local hostKeyHash, placedOn, epoch = unpack(redis.call('HMGET', key, 'hostKeyHash', 'node', 'epoch'))
  -- If the node has reported the room before, it is in the record already. A record that was restored after a loss belongs
  -- to another meeting if it runs on another node.
  local isOwn = not epoch or placedOn == node or placedOn == there
  local isNew = not hostKeyHash and isOwn and not isOver(room.expiresAtMs)
  if isNew and not epoch and not countRecord(by) then
    isCut = true
  elseif isNew then
    redis.call('HSET', key, 'expiresAtMs', room.expiresAtMs, 'node', placedOn or '', 'epoch', epoch or 0, 'title', room.title,
      'cost', limits.defaultCostTracks, 'hostKeyHash', room.hostKeyHash, 'site', site, 'adoptedFrom', node)
    redis.call('PEXPIREAT', key, room.expiresAtMs)
    adopted = adopted + 1
  end
end
return answer.adopted { count = adopted, isCut = isCut }
