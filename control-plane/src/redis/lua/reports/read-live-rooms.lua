-- Names of the rooms that a node carries, as far as its reports were believed.
-- Arguments
--   KEYS[1]: shard prefix
--   node: text
-- Answers
--   rooms
--     names: [text]
-- This header is generated from the definition of the script in redis/scripts.

return answer.rooms { names = redis.call('SMEMBERS', liveRoomsKey(node)) }
