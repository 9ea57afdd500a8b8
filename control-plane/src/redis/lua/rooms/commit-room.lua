-- Binds a room to the node that was reserved for it in another shard, unless it was bound in the meantime.
-- Arguments
--   KEYS[1]: shard prefix
--   knownWriteClock: number, the highest that this replica has seen
--   roomId: text
--   epoch: number, epoch of the room when the node was reserved
--   nextEpoch: number
--   node: text
--   site: text, of the node
-- Answers
--   bound
--   lost
-- This header is generated from the definition of the script in redis/scripts.

-- @include lib/room-names
-- @include lib/standby
-- @include lib/write-clock
local key = roomKey(roomId)
local currentEpoch, expiresAtMs, highestEpoch, standby, ranOn =
  unpack(redis.call('HMGET', key, 'epoch', 'expiresAtMs', 'highestEpoch', 'standby', 'ranOn'))
local current = tonumber(currentEpoch or 0)
if mayHaveLostPlace(roomId) or hasEnded(expiresAtMs) or current ~= epoch then return answer.lost {} end
-- The epoch may have gone to a standby meanwhile.
if nextEpoch <= math.max(current, tonumber(highestEpoch or 0)) then return answer.lost {} end
giveUpStandby(roomId, standby)
local there = elsewhere(site, node)
redis.call('HSET', key, 'epoch', nextEpoch, 'node', there)
local longer = ranAlsoOn(ranOn, node)
if longer then redis.call('HSET', key, 'ranOn', longer) end
advanceWriteClock()
return answer.bound {}
