-- What the join page shows of a room.
-- Arguments
--   KEYS[1]: shard prefix
--   knownWriteClock: number, the highest that this replica has seen
--   roomId: text
-- Answers
--   room
--     title: text
--     expiresAtMs: number
--     site: text?, where it runs or is to run
--   room_not_found
--   store_recovering
-- This header is generated from the definition of the script in redis/scripts.

-- @include lib/lost-records
-- @include lib/room-names
-- @include lib/write-clock
local title, expiresAtMs, node, ownSite = unpack(redis.call('HMGET', roomKey(roomId), 'title', 'expiresAtMs', 'node', 'site'))
-- Only its node is known, from a report: the rest of the record was lost.
if not expiresAtMs and node then expiresAtMs, title = restoreRecord(roomId), '' end
if not expiresAtMs and recovering then return answer.store_recovering {} end
if isOver(expiresAtMs) then return answer.room_not_found {} end
local site = node and node ~= '' and (elsewhereOf(node) or redis.call('HGET', nodeKey(node), 'site')) or ownSite
return answer.room { title = title, expiresAtMs = expiresAtMs, site = site }
