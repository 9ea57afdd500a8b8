-- Opens a session of an operator.
-- Arguments
--   KEYS[1]: shard prefix
--   session: text, hash of the cookie
--   keyId: text, of the operator key
--   idleMs: number
-- Answers
--   opened
-- This header is generated from the definition of the script in redis/scripts.

-- @include lib/clock
local key = operatorSessionKey(session)
redis.call('HSET', key, 'keyId', keyId, 'openedMs', now)
redis.call('PEXPIRE', key, idleMs)
return answer.opened {}
