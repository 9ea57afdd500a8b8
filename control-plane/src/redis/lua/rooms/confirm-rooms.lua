-- Takes what a node of another shard reports about rooms whose records are in this one.
-- Arguments
--   KEYS[1]: shard prefix
--   node: text
--   site: text, of the node
--   capacityTracks: number, of the node
--   offlineGrant: text?, of the node, as its record has it
-- For each item
--   name: text, of the LiveKit room
--   isGone: flag, it is over on that node
--   tracks: number
-- Answers
--   confirmed
--     orders: [name, drop | moved, …], by room name, for the node
-- This header is generated from the definition of the script in redis/scripts.

-- @include lib/confirm
-- @include lib/room-names
-- @include reports/claim
local orders, by = {}, claimant(node, elsewhere(site, node), offlineGrant, capacityTracks)
for room in each() do
  local roomId, epoch = partsOf(room.name)
  if room.isGone then
    learnCost(roomId, epoch)
  else
    local order = confirm(roomId, epoch, by, room.tracks)
    if order then
      table.insert(orders, room.name)
      table.insert(orders, order)
    end
  end
end
return answer.confirmed { orders = orders }
