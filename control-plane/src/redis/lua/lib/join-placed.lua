-- A room that has a place already. Needs limits, keys.lua, write-clock.lua (now), node.lua, reservation.lua, room.lua and
-- standby.lua.

local function placed(n, epoch, room)
  local answer = { 'placed', n.id, epoch, n.site, cardOf(n.id), room.title, room.expiresAtMs, now - n.seenMs }
  local at, node = standbyOf(room.standby)
  local s = at and readNode(node)
  if s then answer[9], answer[10], answer[11], answer[12], answer[13] = s.id, at, s.site, cardOf(s.id), room.level end
  return answer
end

-- One more person for a room where it is. Returns true, a refusal, or nil when the place is no more; and the node as it
-- stands, if it is known at all.
local function joinPlaced(roomId, node, epoch, purpose, costOf)
  local n = readNode(node)
  if n == nil or isDead(n, now) then return nil, n end
  local name = nameOf(roomId, epoch)
  local live = redis.call('SISMEMBER', liveKey(node), name) == 1
  local lapse = tonumber(redis.call('ZSCORE', lapseKey(node), name) or 0)
  if recovering and not (live and n.seenMs >= rewoundMs) then return { 'recovering' }, n end
  if live or lapse > now then
    if purpose == 'join' and live and scoreOf(n) > limits.joinCapPpm then return { 'node_full' }, n end
    if not countJoin(n, now, purpose) then return { 'node_busy' }, n end
    -- Somebody is on the way again: the promise must not lapse under them. What is left of it stays as it is.
    if lapse > 0 and lapse < now + limits.reservationMs / 2 then
      redis.call('ZADD', lapseKey(node), now + limits.reservationMs, name)
    end
    return true, n
  end
  -- Nobody is there and nobody was promised: as good as new, but the same node saves an epoch if it still fits.
  local cost = costOf()
  local fits = scoreOf(n) + reservedPpm(n, cost) <= limits.newRoomCapPpm
  if serves(n) and now - n.seenMs <= limits.suspectMs and fits and countJoin(n, now, purpose) then
    reserve(n, name, cost, now + limits.reservationMs)
    return true, n
  end
  return nil, n
end
