-- Purpose: the nodes of a site are to be restarted one by one; or, where that is stuck, it is to go on: a node that is still not
-- back is left out.
-- @include limits
-- @include keys
-- @include clock
-- @include node
-- @include drain
-- @include restart
-- KEYS[1] root
-- ARGV 1 site
-- Returns { 'unknown' } | { 'begun' } | { 'goes_on' }: it was under way
local site, now = ARGV[1], nowMs()
if redis.call('SISMEMBER', sitesKey, site) == 0 then return { 'unknown' } end
local r = readRestart(site)
if r and r.state ~= 'done' then
  putRestart(site, r, { stopping = 0 })
  if r.state == 'stuck' then
    local n = r.before ~= '' and readWhole(r.node)
    if n and n.site == site and isWell(n, now) then
      putRestart(site, r, { state = 'restarting', reason = '', sinceMs = now, backMs = 0, cannot = 0 })
    elseif n and n.site == site then
      giveBack(n, r, now)
      settle()
      goOn(site, r, 'skipped', now)
    else putRestart(site, r, { state = 'waiting', reason = '', node = '', sinceMs = now }) end
  end
  return { 'goes_on' }
end
redis.call('DEL', restartKey(site))
putRestart(site, {}, { state = 'waiting', done = 0, skipped = 0, total = redis.call('ZCARD', namesKey(site)), beganMs = now, sinceMs = now })
return { 'begun' }
