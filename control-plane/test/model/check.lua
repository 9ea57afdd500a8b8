-- What must be true of the keys under a root after each step. KEYS[1] root. Returns { sentence… }: what is not.
local root, faults = KEYS[1], {}
local function fault(...) table.insert(faults, table.concat({ ... }, ' ')) end
for _, site in ipairs(redis.call('SMEMBERS', root .. ':sites')) do
  local sum = { cap = 0, load = 0, res = 0, serving = 0, rooms = 0, people = 0 }
  for _, id in ipairs(redis.call('ZRANGE', root .. ':names:' .. site, 0, -1)) do
    local n, f = {}, redis.call('HGETALL', root .. ':node:' .. id)
    for i = 1, #f, 2 do n[f[i]] = tonumber(f[i + 1]) or f[i + 1] end
    local held, standby, names = 0, 0, 0
    local h = redis.call('HGETALL', root .. ':reserved:' .. id)
    for i = 1, #h, 2 do
      held = held + tonumber(h[i + 1])
      names = names + 1
      if tonumber(h[i + 1]) <= 0 then
        if tonumber(h[i + 1]) < 0 then fault(id, 'has promised less than nothing to', h[i]) end
      end
      if string.sub(h[i], 1, 1) == '+' then standby = standby + tonumber(h[i + 1]) end
      if not redis.call('ZSCORE', root .. ':lapse:' .. id, h[i]) then fault(id, 'keeps a promise that never lapses:', h[i]) end
    end
    if held ~= n.resTracks then fault(id, 'resTracks', n.resTracks, 'but promised', held) end
    if standby ~= n.standbyTracks then fault(id, 'standbyTracks', n.standbyTracks, 'but promised', standby) end
    local member = redis.call('SISMEMBER', root .. ':eligible:' .. site, id)
    if member ~= n.eligible then fault(id, 'eligible', n.eligible, 'but in the draw', member) end
    if n.eligible == 1 then
      if n.up ~= 1 or n.state ~= 'serving' then fault(id, 'is in the draw though', n.up, n.state) end
      sum.cap, sum.load = sum.cap + n.capTracks, sum.load + math.floor(n.utilPpm * n.capTracks / 1000000)
      sum.res, sum.serving = sum.res + n.resTracks, sum.serving + 1
      local cap = tonumber(redis.call('ZSCORE', root .. ':caps:' .. site, id) or -1)
      if cap ~= n.capTracks then fault(id, 'capTracks', n.capTracks, 'but', cap, 'among the capacities') end
    end
    sum.rooms, sum.people = sum.rooms + (n.rooms or 0), sum.people + (n.people or 0)
  end
  if redis.call('SCARD', root .. ':eligible:' .. site) ~= redis.call('ZCARD', root .. ':caps:' .. site) then
    fault(site, 'draw and capacities differ')
  end
  for field, is in pairs(sum) do
    local kept = tonumber(redis.call('HGET', root .. ':site:' .. site, field) or 0)
    if kept ~= is then fault(site, field, 'kept as', kept, 'but is', is) end
  end
end
return faults
