-- Up to `count` random members of a set. Tests replace this file with a seeded choice, to replay a run.
local function drawMembers(key, count) return redis.call('SRANDMEMBER', key, count) end
