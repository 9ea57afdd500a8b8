-- A page of the audit stream, the newest entries first.
-- Arguments
--   KEYS[1]: shard prefix
--   before: text?, id of an entry; absent: the newest
--   limit: number
-- Answers
--   entries
--     entries: [entry]
-- Record entry
--   id: text
--   entry: JSON { act, actor, who, address, target, result, details }
-- This header is generated from the definition of the script in redis/scripts.

local entries = {}
for _, item in ipairs(redis.call('XREVRANGE', auditKey, before and '(' .. before or '+', '-', 'COUNT', limit)) do
  table.insert(entries, record.entry { id = item[1], entry = item[2][2] })
end
return answer.entries { entries = entries }
