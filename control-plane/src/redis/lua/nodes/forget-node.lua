-- Deletes what is known of a node at a site that it has left.
-- Arguments
--   KEYS[1]: shard prefix
--   node: text
--   site: text
-- Answers
--   done
-- This header is generated from the definition of the script in redis/scripts.

-- @include lib/changes
-- @include lib/node
-- @include lib/standby
local known = readWholeNode(node)
if known and known.site == site then
  loseAllRooms(known)
  setEligible(known, false)
  -- Before the record is deleted, because writing would create it again.
  writeChanges()
  redis.call('DEL', nodeKey(node), credentialsKey(node), nodeDetailsKey(node), roomOrdersKey(node))
end
redis.call('ZREM', lastReportsKey(site), node)
redis.call('ZREM', nodeIdsKey(site), node)
redis.call('HDEL', restoredRoomsKey, node)
return answer.done {}
