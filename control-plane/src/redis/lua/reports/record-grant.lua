-- Records that a node gets an offline grant, before it gets it.
-- Arguments
--   KEYS[1]: shard prefix
--   node: text
--   may: join | start
--   ttlMs: number
-- Answers
--   recorded
--   node_not_found
-- This header is generated from the definition of the script in redis/scripts.

-- @include lib/clock
local key, sinceMs, untilMs, startsUntilMs = nodeKey(node), now, 0, 0
if redis.call('EXISTS', key) == 0 then return answer.node_not_found {} end
local since, ends, starts = string.match(redis.call('HGET', key, 'offlineGrant') or '', '^(%d+) (%d+) (%d+)$')
if since then
  untilMs, startsUntilMs = tonumber(ends), tonumber(starts)
  if untilMs >= now then sinceMs = tonumber(since) end
end
untilMs = math.max(untilMs, now + ttlMs)
if may == 'start' then startsUntilMs = untilMs end
redis.call('HSET', key, 'offlineGrant', string.format('%.0f %.0f %.0f', sinceMs, untilMs, startsUntilMs))
return answer.recorded {}
