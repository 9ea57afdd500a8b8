-- Names of rooms on nodes, and how a record refers to a node.
-- @include lib/clock

-- The letters of this shard, which the ids of its rooms begin with; '' on a single Redis.
local shard = string.sub(shardPrefix, 4, -2)

local function nameOf(roomId, epoch) return roomId .. '~' .. epoch end

-- roomId, epoch and shard of a LiveKit room's name; nil for rooms that are not Levee's. An id is 16 letters, after the
-- two of its shard if there are any.
local function partsOf(name)
  local roomId, epoch = string.match(name, '^(%w+)~(%d+)$')
  if not roomId then return nil end
  return roomId, tonumber(epoch), #roomId > 16 and string.sub(roomId, 1, 2) or ''
end

-- What the record of a room holds in place of a node id when the node is in another shard.
local function elsewhere(site, nodeId) return '@' .. site .. '/' .. nodeId end

-- site and node id of such a node, or nil for a node of this shard.
local function elsewhereOf(node) return string.match(node, '^@([^/]+)/(.+)$') end

-- There is no record, its link has expired, or a host has ended the meeting.
local function isOver(expiresAtMs) return not expiresAtMs or tonumber(expiresAtMs) <= now end
