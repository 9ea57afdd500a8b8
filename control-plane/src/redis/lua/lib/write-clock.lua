-- Redis may come back with less than it has acknowledged: a failover or a crash loses up to its last second. Each write
-- that somebody was told of raises `tick`, each replica remembers the highest it was told (ARGV[1]); a lower one here
-- means that writes were lost. Then placements wait until the nodes have reported what they carry, and new epochs jump
-- over those that may have been given away. Needs limits, keys.lua and clock.lua.
local now = nowMs()
local tick, jump, rewoundMs, unsureMs
-- recovering: writes were lost; unsure: a Redis that is new to us, and not every replica has said yet what it was told.
local recovering, unsure
do
  local told = tonumber(ARGV[1])
  local m = redis.call('HMGET', metaKey, 'tick', 'jump', 'rewoundMs', 'unsureMs')
  tick, jump, rewoundMs, unsureMs = tonumber(m[1] or 0), tonumber(m[2] or 0), tonumber(m[3] or 0), tonumber(m[4] or 0)
  if tick < told then
    tick, jump, rewoundMs = told, jump + limits.rewindJump, now
    redis.call('HSET', metaKey, 'tick', tick, 'jump', jump, 'rewoundMs', now)
  end
  recovering = rewoundMs > 0 and now - rewoundMs < limits.recoverMs
  unsure = recovering or unsureMs > 0 and now - unsureMs < limits.unsureMs
end
-- Another one after each suspicion. By name, not by time: two Redis hosts may disagree about that.
local function era() return (redis.call('HGET', metaKey, 'process') or '') .. ':' .. jump end
-- Only a room that was made after the last suspicion has lost none.
local function mayHaveLostPlace(roomId) return unsure and redis.call('HGET', roomKey(roomId), 'era') ~= era() end
-- Once per script: whoever is told, is told by the same answer.
local acknowledged = false
local function acknowledge()
  if acknowledged then return end
  acknowledged = true
  tick = redis.call('HINCRBY', metaKey, 'tick', 1)
end
