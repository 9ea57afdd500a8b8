-- Redis may come back with less than it has acknowledged: a failover or a crash loses up to its last second. Every
-- acknowledged write advances the write clock, and each replica sends the highest value it has seen (knownWriteClock). A
-- lower value here means that writes were lost. Then rooms are placed only after nodes have reported what they carry, and
-- new epochs skip those that may have been given to rooms already.
-- @include lib/clock

-- recovering: writes were lost a moment ago. warmingUp: that, or the Redis process is new and some replicas may not have
-- sent their write clock yet.
local writeClock, epochSkip, writesLostMs, recovering, warmingUp
do
  local clock, skip, lostMs, warmingUpMs =
    unpack(redis.call('HMGET', metaKey, 'writeClock', 'epochSkip', 'writesLostMs', 'warmingUpMs'))
  writeClock, epochSkip, writesLostMs = tonumber(clock or 0), tonumber(skip or 0), tonumber(lostMs or 0)
  if writeClock < knownWriteClock then
    writeClock, epochSkip, writesLostMs = knownWriteClock, epochSkip + limits.epochSkip, now
    redis.call('HSET', metaKey, 'writeClock', writeClock, 'epochSkip', epochSkip, 'writesLostMs', now)
  end
  recovering = writesLostMs > 0 and now - writesLostMs < limits.recoverMs
  warmingUp = recovering or warmingUpMs and now - tonumber(warmingUpMs) < limits.warmUpMs
end

-- Changes with each Redis process and each loss of writes. It is a name, not a time: the clocks of two Redis hosts
-- differ.
local function storeGeneration() return (redis.call('HGET', metaKey, 'processId') or '') .. ':' .. epochSkip end

-- A room that was created in this generation cannot have lost its placement.
local function mayHaveLostPlace(roomId)
  return warmingUp and redis.call('HGET', roomKey(roomId), 'storeGeneration') ~= storeGeneration()
end

-- Once per script, because one reply acknowledges all its writes.
local isAdvanced = false
local function advanceWriteClock()
  if isAdvanced then return end
  isAdvanced = true
  writeClock = redis.call('HINCRBY', metaKey, 'writeClock', 1)
end
