-- The ordered restart of a site's nodes: one record per site (keys.ts), of which any replica takes the next step. Needs
-- limits, keys.lua, clock.lua, node.lua and drain.lua.

-- The record as a table, numbers as numbers; nil: none is under way, nor was a moment ago.
local NUMBERS = { done = true, skipped = true, total = true, beganMs = true, askedMs = true, sinceMs = true, backMs = true,
  need = true, free = true, cannot = true, stopping = true }
local function readRestart(site)
  local f = redis.call('HGETALL', restartKey(site))
  if #f == 0 then return nil end
  local r = { node = '', before = '', after = '', reason = '' }
  for name in pairs(NUMBERS) do r[name] = 0 end
  for i = 1, #f, 2 do r[f[i]] = NUMBERS[f[i]] and tonumber(f[i + 1]) or f[i + 1] end
  return r
end

-- Writes what changed.
local function putRestart(site, r, change)
  local fields = {}
  for name, value in pairs(change) do
    if r[name] ~= value then
      r[name] = value
      table.insert(fields, name)
      table.insert(fields, NUMBERS[name] and string.format('%.0f', value) or value)
    end
  end
  if #fields > 0 then redis.call('HSET', restartKey(site), unpack(fields)) end
end

-- It reports, and LiveKit runs there.
local function isWell(n, now) return n.up == 1 and now - n.seenMs <= limits.suspectMs end

-- Its turn is over: it is as it was before, and nothing is asked of it any more. What an operator has set meanwhile holds.
local function giveBack(n, r, now)
  redis.call('HDEL', nodeKey(n.id), 'restart')
  if n.state == 'draining' and r.before ~= '' and r.before ~= 'draining' then setState(n, r.before, now) end
end

-- On to the next node. `count`: done | skipped.
local function goOn(site, r, count, now)
  putRestart(site, r, { state = 'waiting', after = r.node, node = '', before = '', reason = '', sinceMs = now, need = 0, free = 0,
    cannot = 0, backMs = 0, [count] = r[count] + 1 })
end
