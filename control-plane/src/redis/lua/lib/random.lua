-- Up to `count` random members of a set. Tests put a seeded choice in place of this file, to replay a run.
local function drawMembers(key, count) return redis.call('SRANDMEMBER', key, count) end
