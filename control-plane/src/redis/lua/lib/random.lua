-- Up to `count` members of a set, drawn blindly. Tests put a draw of their own in place of this file, to replay a run.
local function drawMembers(key, count) return redis.call('SRANDMEMBER', key, count) end
