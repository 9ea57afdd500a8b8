-- A node answers but lets nobody in: it gets no rooms until a replica has joined there.
-- Arguments
--   KEYS[1]: shard prefix
--   node: text
-- Answers
--   shut_out
--   known
-- This header is generated from the definition of the script in redis/scripts.

-- @include lib/changes
-- @include lib/clock
-- @include lib/node
local known = readNode(node)
if not known or known.noEntryMs > 0 then return answer.known {} end
known.noEntryMs = now
redis.call('HSET', nodeKey(node), 'noEntryMs', now, 'reached', 0)
setEligible(known, false)
return answer.shut_out {}
