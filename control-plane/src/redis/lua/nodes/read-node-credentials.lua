-- The credentials that are needed to send a participant to a node.
-- Arguments
--   KEYS[1]: shard prefix
--   node: text
-- Answers
--   found
--     credentials: text
--     offlineGrant: text?
--   node_not_found
-- This header is generated from the definition of the script in redis/scripts.

local credentials = redis.call('GET', credentialsKey(node))
if not credentials then return answer.node_not_found {} end
return answer.found { credentials = credentials, offlineGrant = redis.call('HGET', nodeKey(node), 'offlineGrant') }
