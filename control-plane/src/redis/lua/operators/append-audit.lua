-- Appends an entry to the audit stream.
-- Arguments
--   KEYS[1]: shard prefix
--   entry: JSON { act, actor, who, address, target, result, details }
--   keep: number, entries that are kept, roughly
-- Answers
--   appended
-- This header is generated from the definition of the script in redis/scripts.

redis.call('XADD', auditKey, 'MAXLEN', '~', keep, '*', 'act', entry)
return answer.appended {}
