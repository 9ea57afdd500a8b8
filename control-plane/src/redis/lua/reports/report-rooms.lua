-- Takes a slice of the rooms of a large report, whose other content was taken before.
-- Arguments
--   KEYS[1]: shard prefix
--   node: text
--   seq: number, of the report
--   since: number, 0: the slices make up all rooms
--   rooms: JSON { names, tracks, gone }
--   totalRooms: number
--   participants: number?, absent: more slices follow
-- Answers
--   taken
--     orders: [name, drop | moved | changed, …], by room name
--     foreignRooms: [name, number, …], tracks of rooms whose record is in another shard; -1: it is over
--     offlineGrant: text?, present with foreignRooms, if the node ever had one
--   stale
-- This header is generated from the definition of the script in redis/scripts.

-- @include lib/node
-- @include nodes/take-rooms
local known = readWholeNode(node)
-- The agent has sent another report meanwhile, or its LiveKit is gone.
if not known or not known.up or known.seq ~= seq or (since > 0 and since ~= known.roomsSeq) then return answer.stale {} end
local findings = newFindings()
takeChanges(known, cjson.decode(rooms), findings)
if participants then takeTotals(known, totalRooms, participants) end
return answer.taken {
  orders = findings.orders,
  foreignRooms = findings.foreignRooms,
  offlineGrant = #findings.foreignRooms > 0 and redis.call('HGET', nodeKey(node), 'offlineGrant'),
}
