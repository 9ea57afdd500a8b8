-- Redis's time in whole milliseconds, read once per script. Tests replace this file with a clock of their own.
local now
do
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
