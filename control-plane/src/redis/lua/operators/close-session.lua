-- Ends a session of an operator.
-- Arguments
--   KEYS[1]: shard prefix
--   session: text, hash of the cookie
-- Answers
--   closed
-- This header is generated from the definition of the script in redis/scripts.

redis.call('DEL', operatorSessionKey(session))
return answer.closed {}
