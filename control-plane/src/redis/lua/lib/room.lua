-- Names of rooms on nodes, and the words of their records.

local function nameOf(roomId, epoch) return roomId .. '~' .. epoch end

-- roomId, epoch and home of a name on a node; nil for rooms that are none of ours. A roomId with a home of its own
-- begins with its two letters.
local function partsOf(name)
  local roomId, epoch = string.match(name, '^(%w+)~(%d+)$')
  if not roomId then return nil end
  return roomId, tonumber(epoch), #roomId > 16 and string.sub(roomId, 1, 2) or ''
end

-- A node under another root than the record: '@site/node'.
local function awayTo(site, node) return '@' .. site .. '/' .. node end
-- site and node, or nil when the node stands under this root.
local function awayAt(node) return string.match(node, '^@([^/]+)/(.+)$') end

-- There is no such record, its link has run out, or a host has ended it.
local function isOver(expiresAtMs, now) return not expiresAtMs or tonumber(expiresAtMs) <= now end
