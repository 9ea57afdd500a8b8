-- Time is Redis's time, in whole milliseconds, read once per script. Tests put a clock of their own in place of this file.
local now
do
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
