-- Cordons, uncordons or drains a node. Applies from the next placement on.
-- Arguments
--   KEYS[1]: shard prefix
--   node: text
--   state: serving | cordoned | draining
--   force: flag, drain the node even if its rooms do not fit elsewhere
--   freeElsewhere: 'site tracks,site tracks'
--   drainWithinMs: number?
-- Answers
--   set
--   node_not_found
--   drain_does_not_fit
--     needTracks: number
--     freeTracks: number
-- This header is generated from the definition of the script in redis/scripts.

-- @include lib/drain
-- @include lib/node
local known = readNode(node)
if not known then return answer.node_not_found {} end
if state == 'draining' and known.state ~= 'draining' and not force then
  local needTracks, freeTracks = fitOf(known, freeElsewhere)
  if needTracks > freeTracks then
    return answer.drain_does_not_fit { needTracks = needTracks, freeTracks = freeTracks }
  end
end
setState(known, state, drainWithinMs)
return answer.set {}
