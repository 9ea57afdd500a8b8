-- Step 1 of placing a room: find its record.
-- @include lib/lost-records
-- @include lib/write-clock
-- @include placement/room-record

-- The room of a join or rejoin, or nil and the refusal.
local function findRoom(request, defaultLevel)
  local room = readRoom(request.roomId, defaultLevel, request.purpose == 'rejoin')
  if room then return room end
  if redis.call('EXISTS', roomKey(request.roomId)) == 1 then return nil, answer.room_not_found {} end
  -- A record that may have been lost is not refused as unknown, because a node may still report the room. A ticket
  -- proves that the room existed, even if no replica has noticed yet that Redis lost writes.
  local isRejoin = request.purpose == 'rejoin'
  if recovering or isRejoin and recordsWereLost(limits.recoverMs) then return nil, answer.store_recovering {} end
  if not isRejoin or not restoreByTicket(request.roomId, request.heldEpoch) then return nil, answer.room_not_found {} end
  advanceWriteClock()
  return readRoom(request.roomId, defaultLevel)
end
