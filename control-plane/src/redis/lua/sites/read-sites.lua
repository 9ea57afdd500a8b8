-- Every site of the shard with its sums. Each replica reads them every second, which also sends its write clock when no
-- joins go through it.
-- Arguments
--   KEYS[1]: shard prefix
--   knownWriteClock: number, the highest that this replica has seen
-- Answers
--   sites
--     sites: [site]
-- Record site
--   site: text
--   nodes: number
--   serving: number
--   silent: number
--   frozen: flag
--   capacityTracks: number
--   loadTracks: number
--   reservedTracks: number
--   rooms: number
--   participants: number
--   ranges: names
--   fallback: names
--   boundary: soft | hard
--   spare: largest-node | none
--   offline: off | join | start
--   sampleUrl: text, of one serving node; empty: none serves
--   nodeUrls: [text], of all its nodes, sorted
--   areUrlsListed: flag, false: the shard has more than listedNodes
--   restart: restart?
-- Record restart
--   state: waiting | draining | restarting | stuck | done
--   node: text, whose turn it is
--   done: number
--   skipped: number
--   total: number
--   reason: (frozen | silent | leaving | another_drain | no_room | by_hand | taken_back | not_empty | not_back)?, why
--     it waits or is stuck; absent: it goes on
--   needTracks: number
--   freeTracks: number
--   stopping: flag
-- This header is generated from the definition of the script in redis/scripts.

-- @include lib/clock
-- @include lib/node
-- @include lib/node-status
-- @include lib/restart

local function restartOf(site)
  local r = readRestart(site)
  return r and record.restart {
    state = r.state,
    node = r.node,
    done = r.done,
    skipped = r.skipped,
    total = r.total,
    reason = r.reason,
    needTracks = r.needTracks,
    freeTracks = r.freeTracks,
    stopping = r.stopping,
  }
end

-- Each replica reads the URLs every second: of a few nodes only.
local nodes = 0
for _, site in ipairs(redis.call('SMEMBERS', sitesKey)) do nodes = nodes + redis.call('ZCARD', lastReportsKey(site)) end
local areListed = nodes <= limits.listedNodes

local function nodeUrlsOf(site)
  local urls = {}
  if not areListed then return urls end
  for _, node in ipairs(redis.call('ZRANGEBYLEX', nodeIdsKey(site), '-', '+')) do table.insert(urls, urlOf(node)) end
  table.sort(urls)
  return urls
end

local sites = {}
for _, site in ipairs(redis.call('SMEMBERS', sitesKey)) do
  local capacityTracks, loadTracks, reservedTracks, serving, rooms, participants, ranges, fallback, boundary, spare, offline =
    unpack(redis.call('HMGET', siteKey(site), 'capacityTracks', 'loadTracks', 'reservedTracks', 'serving', 'rooms',
      'participants', 'ranges', 'fallback', 'boundary', 'spare', 'offline'))
  local sample = redis.call('SRANDMEMBER', eligibleKey(site))
  table.insert(sites, record.site {
    site = site,
    nodes = redis.call('ZCARD', lastReportsKey(site)),
    serving = serving or 0,
    silent = redis.call('ZCOUNT', lastReportsKey(site), 1, '(' .. (now - limits.suspectMs)),
    frozen = isFrozen(site),
    capacityTracks = capacityTracks or 0,
    loadTracks = loadTracks or 0,
    reservedTracks = reservedTracks or 0,
    rooms = rooms or 0,
    participants = participants or 0,
    ranges = ranges or '',
    fallback = fallback or '',
    boundary = boundary or 'soft',
    spare = spare or 'largest-node',
    offline = offline or 'off',
    sampleUrl = sample and urlOf(sample) or '',
    nodeUrls = nodeUrlsOf(site),
    areUrlsListed = areListed,
    restart = restartOf(site),
  })
end
return answer.sites { sites = sites }
