-- Begins the ordered restart of a site’s nodes, or continues one that is stuck: a node that is still not back is left
-- out.
-- Arguments
--   KEYS[1]: shard prefix
--   site: text
-- Answers
--   begun
--   goes_on
--   site_not_found
-- This header is generated from the definition of the script in redis/scripts.

-- @include lib/node
-- @include lib/restart
if redis.call('SISMEMBER', sitesKey, site) == 0 then return answer.site_not_found {} end
local r = readRestart(site)
if not r or r.state == 'done' then
  redis.call('DEL', restartKey(site))
  saveRestart(newRestart(site, redis.call('ZCARD', nodeIdsKey(site))))
  return answer.begun {}
end
r.stopping = false
if r.state ~= 'stuck' then
  saveRestart(r)
  return answer.goes_on {}
end
local node = r.stateBefore ~= '' and readWholeNode(r.node)
if not node or node.site ~= site then
  -- An operator has taken the node over, or it is gone.
  enterState(r, 'waiting')
  r.node = ''
  saveRestart(r)
elseif isWell(node) then
  enterState(r, 'restarting')
  r.backMs, r.cannotRestart = 0, false
  saveRestart(r)
else
  giveBack(r, node)
  endTurn(r, false)
end
return answer.goes_on {}
