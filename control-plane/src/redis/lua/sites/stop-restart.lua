-- Purpose: no further node of the site is restarted. One whose LiveKit is just being restarted is brought to its end first.
-- @include limits
-- @include keys
-- @include clock
-- @include node
-- @include drain
-- @include restart
-- KEYS[1] root
-- ARGV 1 site
-- Returns { 'unknown' } | { 'stopped' }: none is under way | { 'finishes', node }
local site, now = ARGV[1], nowMs()
if redis.call('SISMEMBER', sitesKey, site) == 0 then return { 'unknown' } end
local r = readRestart(site)
if not r then return { 'stopped' } end
if r.state == 'restarting' then
  putRestart(site, r, { stopping = 1 })
  return { 'finishes', r.node }
end
local n = r.before ~= '' and readWhole(r.node)
if n and n.site == site then
  giveBack(n, r, now)
  settle()
end
redis.call('DEL', restartKey(site))
return { 'stopped' }
