-- Names of rooms on nodes, and how a record refers to a node.
-- @include lib/clock

-- The letters of this shard, which the ids of its rooms begin with; '' on a single Redis.
local shard = string.sub(shardPrefix, 4, -2)

local function nameOf(roomId, epoch) return roomId .. '~' .. epoch end

-- roomId, epoch and shard of a LiveKit room's name; nil for rooms that are not Levee's. An id is 16 letters, after the
-- two of its shard if there are any. Each epoch has one spelling, and numbers that are not exact in Lua are no epochs.
local function partsOf(name)
  local roomId, digits = string.match(name, '^([0-9a-z]+)~([1-9]%d*)$')
  if not roomId or (#roomId ~= 16 and #roomId ~= 18) or #digits > 13 then return nil end
  local epoch = tonumber(digits)
  if epoch > limits.epochMax then return nil end
  return roomId, epoch, #roomId > 16 and string.sub(roomId, 1, 2) or ''
end

-- What the record of a room holds in place of a node id when the node is in another shard.
local function elsewhere(site, nodeId) return '@' .. site .. '/' .. nodeId end

-- site and node id of such a node, or nil for a node of this shard.
local function elsewhereOf(node) return string.match(node, '^@([^/]+)/(.+)$') end

-- There is no record, its link has expired, or a host has ended the meeting.
local function isOver(expiresAtMs) return not expiresAtMs or tonumber(expiresAtMs) <= now end

-- There is no record, or a host has ended the meeting. After its date a meeting goes on for those who are in it.
local function hasEnded(expiresAtMs) return not expiresAtMs or tonumber(expiresAtMs) == 0 end

-- Nodes on which a room has run, 'a,b': what their agents have promised its participants while offline counts.
local function hasRunOn(ranOn, nodeId) return string.find(',' .. (ranOn or '') .. ',', ',' .. nodeId .. ',', 1, true) ~= nil end

-- The list with the node in it; nil if it need not or must not grow.
local function ranAlsoOn(ranOn, nodeId)
  if hasRunOn(ranOn, nodeId) then return nil end
  if not ranOn or ranOn == '' then return nodeId end
  local _, others = string.gsub(ranOn, ',', ',')
  return others + 1 < limits.nodesOfRoomMax and ranOn .. ',' .. nodeId or nil
end
