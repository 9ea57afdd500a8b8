-- Purpose: one owner and one site for a node id, over all sites. Kept under the global root.
-- @include keys
-- KEYS[1] global root
-- ARGV 1 node, 2 site, 3 secretHash, 4 1: give the site a number of its own
-- Returns { 'taken' } | { 'claimed', site it stood in before or '', number of the site or 0 }
local index, homes = root .. ':index', root .. ':homes'
local before = redis.call('HGET', index, ARGV[1])
local owner, site = string.match(before or '', '^(%S+) (%S+)$')
if owner and owner ~= ARGV[3] then return { 'taken' } end
redis.call('HSET', index, ARGV[1], ARGV[3] .. ' ' .. ARGV[2])
local home = 0
if ARGV[4] == '1' then
  home = tonumber(redis.call('HGET', homes, ARGV[2]) or 0)
  if home == 0 then
    home = redis.call('HLEN', homes) + 1
    redis.call('HSET', homes, ARGV[2], home)
  end
end
return { 'claimed', site and site ~= ARGV[2] and site or '', home }
