-- The standby of a room when it is placed, and when participants join it.
-- @include lib/changes
-- @include lib/node
-- @include lib/node-status
-- @include lib/reservations
-- @include lib/room-names
-- @include lib/room-orders
-- @include lib/standby
-- @include lib/write-clock
-- @include placement/candidates
-- @include placement/room-record

-- Standbys are given only while their site has plenty free.
local function siteHasPlenty(site, tracks)
  local sums = readSite(site)
  return sums and sums.serving > 1
    and sums.loadTracks + sums.reservedTracks + tracks <= sums.capacityTracks * limits.standbySitePpm / 1000000
end

-- Gives the room a second node in another failure domain than `node`, at a small part of its cost. `found`: candidates
-- that were read already.
local function addStandby(room, node, found)
  if room.standbyLevel == 'off' then return end
  local tracks = math.ceil(room.cost * limits.standbyPpm / 1000000)
  if not siteHasPlenty(node.site, tracks) then return end
  local second = emptiest(found, tracks, limits.newRoomCapPpm, node)
    or emptiest(drawCandidates(node.site, limits.candidates * 2), tracks, limits.newRoomCapPpm, node)
  if not second then return end
  local epoch = nextEpoch(room)
  room.highestEpoch, room.standby = epoch, epoch .. ' ' .. second.id
  -- The epoch is new, so nothing is reserved by its name.
  reserve(second, '+' .. nameOf(room.id, epoch), tracks, reservationEndOf(room), 0)
  redis.call('HSET', roomKey(room.id), 'standby', room.standby, 'highestEpoch', epoch)
  advanceWriteClock()
end

-- Whether the standby can take the room over now. `away`: a node that is excluded.
local function isFit(standby, away) return standby and serves(standby) and not isSilent(standby) and standby.id ~= away end

-- For a room that stays where it is, at each join: an unfit standby is replaced, a missing one is added, and one that is no
-- longer wanted is given up. Participants who are there already rejoin to learn of it.
local function keepStandby(room, node)
  local epoch, standbyId = standbyOf(room.standby)
  local isWanted = room.standbyLevel ~= 'off'
  if warmingUp or (not isWanted and not epoch) or (isWanted and epoch and isFit(readNode(standbyId), node.id)) then return end
  if not epoch and not siteHasPlenty(node.site, 0) then return end
  readCost(room)
  if epoch then giveUpStandby(room.id, room.standby) end
  room.standby = nil
  addStandby(room, node, {})
  if epoch or room.standby then orderNode(node.id, nameOf(room.id, room.epoch), 'changed') end
end

-- Removes the standby from the room. Returns its node and epoch if it can take the room over now.
local function takeStandby(room, away)
  local epoch, standbyId = standbyOf(room.standby)
  if not epoch then return nil end
  local standby = readNode(standbyId)
  if not isFit(standby, away) or not emptiest({ standby }, room.cost, limits.rejoinCapPpm) then
    giveUpStandby(room.id, room.standby)
    room.standby = nil
    return nil
  end
  release(standby, '+' .. nameOf(room.id, epoch))
  redis.call('HDEL', roomKey(room.id), 'standby')
  room.standby = nil
  return standby, epoch
end
