-- Time is Redis's time, in whole milliseconds. Tests put a clock of their own in place of this file.
local function nowMs()
  local t = redis.call('TIME')
  return tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
end
