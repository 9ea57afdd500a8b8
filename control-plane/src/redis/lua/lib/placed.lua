-- A room that has a place already. Needs limits, keys.lua, rewind.lua (now), node.lua, reservation.lua and room.lua.

local function placed(n, epoch, room)
  return { 'placed', n.id, epoch, n.site, cardOf(n.id), room.title, room.expiresAtMs, room.standby or '' }
end

-- One more person for a room where it is. Returns the answer, or nil when the place is no more: then `n` is the node as
-- it stands, if it is known at all.
local function joinPlaced(roomId, node, epoch, purpose, room, costOf)
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
    return placed(n, epoch, room), n
  end
  -- Nobody is there and nobody was promised: as good as new, but the same node saves an epoch if it still fits.
  local cost = costOf()
  local fits = scoreOf(n) + reservedPpm(n, cost) <= limits.newRoomCapPpm
  if n.state == 'serving' and now - n.seenMs <= limits.suspectMs and fits and countJoin(n, now, purpose) then
    reserve(n, name, cost, now + limits.reservationMs)
    return placed(n, epoch, room), n
  end
  return nil, n
end
