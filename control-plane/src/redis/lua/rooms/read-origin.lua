-- What a node has to do with a room: the authority of a ticket of its agent depends on it.
-- Arguments
--   KEYS[1]: shard prefix
--   roomId: text
--   node: text
-- Answers
--   origin
--     ranThere: flag
--     startedThere: flag
-- This header is generated from the definition of the script in redis/scripts.

-- @include lib/room-names
local ranOn, adoptedFrom = unpack(redis.call('HMGET', roomKey(roomId), 'ranOn', 'adoptedFrom'))
return answer.origin { ranThere = hasRunOn(ranOn, node), startedThere = adoptedFrom == node }
