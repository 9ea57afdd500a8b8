-- Checks the invariants of a shard's keys after each step. KEYS[1]: shard prefix. Returns a sentence for each violation.
local prefix, faults = KEYS[1], {}
local function fault(...) table.insert(faults, table.concat({ ... }, ' ')) end

-- The sum of a node's reservations, and the part of it that is for standbys.
local function reservedOn(id)
  local sum, standby = 0, 0
  local reserved = redis.call('HGETALL', prefix .. ':reserved:' .. id)
  for i = 1, #reserved, 2 do
    local name, tracks = reserved[i], tonumber(reserved[i + 1])
    sum = sum + tracks
    if tracks < 0 then fault(id, 'has a negative reservation for', name) end
    if string.sub(name, 1, 1) == '+' then standby = standby + tracks end
    if not redis.call('ZSCORE', prefix .. ':reservation-ends:' .. id, name) then
      fault(id, 'has a reservation that never lapses:', name)
    end
  end
  return sum, standby
end

for _, site in ipairs(redis.call('SMEMBERS', prefix .. ':sites')) do
  local sum = { capacityTracks = 0, loadTracks = 0, reservedTracks = 0, serving = 0, rooms = 0, participants = 0 }
  for _, id in ipairs(redis.call('ZRANGE', prefix .. ':node-ids:' .. site, 0, -1)) do
    local n, f = {}, redis.call('HGETALL', prefix .. ':node:' .. id)
    for i = 1, #f, 2 do n[f[i]] = tonumber(f[i + 1]) or f[i + 1] end
    local reserved, standby = reservedOn(id)
    if reserved ~= n.reservedTracks then fault(id, 'reservedTracks', n.reservedTracks, 'but reserved', reserved) end
    if standby ~= n.standbyTracks then fault(id, 'standbyTracks', n.standbyTracks, 'but reserved', standby) end
    local member = redis.call('SISMEMBER', prefix .. ':eligible:' .. site, id)
    if member ~= n.eligible then fault(id, 'eligible', n.eligible, 'but in the set', member) end
    if n.eligible == 1 then
      if n.up ~= 1 or n.state ~= 'serving' then fault(id, 'is eligible though', n.up, n.state) end
      sum.capacityTracks = sum.capacityTracks + n.capacityTracks
      sum.loadTracks = sum.loadTracks + math.floor(n.utilisationPpm * n.capacityTracks / 1000000)
      sum.reservedTracks, sum.serving = sum.reservedTracks + n.reservedTracks, sum.serving + 1
      local capacity = tonumber(redis.call('ZSCORE', prefix .. ':capacities:' .. site, id) or -1)
      if capacity ~= n.capacityTracks then fault(id, 'capacityTracks', n.capacityTracks, 'but', capacity, 'in the set') end
    end
    sum.rooms, sum.participants = sum.rooms + (n.rooms or 0), sum.participants + (n.participants or 0)
  end
  if redis.call('SCARD', prefix .. ':eligible:' .. site) ~= redis.call('ZCARD', prefix .. ':capacities:' .. site) then
    fault(site, 'eligible nodes and capacities differ')
  end
  for field, is in pairs(sum) do
    local kept = tonumber(redis.call('HGET', prefix .. ':site:' .. site, field) or 0)
    if kept ~= is then fault(site, field, 'is stored as', kept, 'but should be', is) end
  end
end
return faults
