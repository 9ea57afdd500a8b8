-- Whether a session of an operator is open; a session in use stays open until the end of its life.
-- Arguments
--   KEYS[1]: shard prefix
--   session: text, hash of the cookie
--   keyId: text, of the operator key
--   idleMs: number
--   lifeMs: number
-- Answers
--   open
--   ended
-- This header is generated from the definition of the script in redis/scripts.

-- @include lib/clock
local key = operatorSessionKey(session)
local openedWith, openedMs = unpack(redis.call('HMGET', key, 'keyId', 'openedMs'))
if openedWith ~= keyId or now - tonumber(openedMs) > lifeMs then
  redis.call('DEL', key)
  return answer.ended {}
end
redis.call('PEXPIRE', key, idleMs)
return answer.open {}
