-- Ends the ordered restart of a site. A node whose LiveKit is being restarted comes back first.
-- Arguments
--   KEYS[1]: shard prefix
--   site: text
-- Answers
--   stopped
--   finishes
--     node: text
--   site_not_found
-- This header is generated from the definition of the script in redis/scripts.

-- @include lib/node
-- @include lib/restart
if redis.call('SISMEMBER', sitesKey, site) == 0 then return answer.site_not_found {} end
local r = readRestart(site)
if not r then return answer.stopped {} end
if r.state == 'restarting' then
  r.stopping = true
  saveRestart(r)
  return answer.finishes { node = r.node }
end
local node = r.stateBefore ~= '' and readWholeNode(r.node)
if node and node.site == site then giveBack(r, node) end
redis.call('DEL', restartKey(site))
return answer.stopped {}
