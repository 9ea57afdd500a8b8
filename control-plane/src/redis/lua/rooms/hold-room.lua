-- Purpose: the part of a placement that happens at another site's root than the room's own: hold a node for a room that
-- is full at home, or let one more person into a room that was placed here.
-- @include limits
-- @include keys
-- @include clock
-- @include write-clock
-- @include node
-- @include reservation
-- @include random
-- @include choose-node
-- @include room
-- @include room-orders
-- @include standby
-- @include join-placed
-- KEYS[1] root
-- ARGV 1 told tick, 2 roomId, 3 epoch, 4 purpose, 5 cost, 6 title, 7 expiresAtMs, 8 node it is placed on or '',
--      9 sites to try ('a,b') when it is on none, 10 lapseAtMs, 11 least cost
-- Returns { tick, answer } as place-rooms, without 'elsewhere' and 'spill'; 'gone' when the node does not have it any more
local roomId, epoch, purpose, cost = ARGV[2], tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
local room = { title = ARGV[6], expiresAtMs = ARGV[7] }

local function hold()
  if ARGV[8] ~= '' then
    local joined, n = joinPlaced(roomId, ARGV[8], epoch, purpose, function() return cost end)
    return joined == true and placed(n, epoch, room) or joined or { 'gone' }
  end
  local healthy = false
  for site in string.gmatch(ARGV[9], '[^,]+') do
    local n, _, seen, promised = draw(site, cost, purpose, tonumber(ARGV[11]))
    if n then
      reserve(n, nameOf(roomId, epoch), promised, tonumber(ARGV[10]))
      countJoin(n, now, 'rejoin')
      yieldStandbys(n, limits.newRoomCapPpm)
      return placed(n, epoch, room)
    end
    healthy = healthy or seen
  end
  return { healthy and 'fleet_full' or 'no_node' }
end

local answer = hold()
settle()
return { tick, answer }
