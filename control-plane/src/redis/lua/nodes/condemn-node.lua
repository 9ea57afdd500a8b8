-- Participants have lost this node and a replica cannot reach it: if its agent is silent too, the node counts as down
-- until its next report.
-- Arguments
--   KEYS[1]: shard prefix
--   node: text
-- Answers
--   condemned
--   gone
--   kept
-- This header is generated from the definition of the script in redis/scripts.

-- @include lib/changes
-- @include lib/clock
-- @include lib/node
-- @include lib/standby
local condemned = readWholeNode(node)
if not condemned or not condemned.up then return answer.gone {} end
if not condemned.reached or now - condemned.seenMs < limits.condemnAfterMs then return answer.kept {} end
condemned.up = false
redis.call('HSET', nodeKey(node), 'up', 0, 'utilisationPpm', 0)
setEligible(condemned, false, 0)
loseAllRooms(condemned)
return answer.condemned {}
