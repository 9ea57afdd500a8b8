/** Scripts that read and change sites. */
import {
  OFFLINE_POLICIES,
  RESTART_REASONS,
  RESTART_STATES,
  SITE_BOUNDARIES,
  SITE_SPARES,
} from '../../protocol/shapes/sites.ts'
import { defineScript } from '../scripting/define-script.ts'
import { about, flag, int, list, names, oneOf, optional, record, text } from '../scripting/types.ts'
import { FREE_TRACKS } from './nodes.ts'

const BOUNDARY = oneOf(...SITE_BOUNDARIES)
const SPARE = oneOf(...SITE_SPARES)
const OFFLINE = oneOf(...OFFLINE_POLICIES)
const RESTART_STATE = oneOf(...RESTART_STATES)
const RESTART_REASON = oneOf(...RESTART_REASONS)

export const setSite = defineScript({
  file: 'sites/set-site',
  purpose: 'Writes the settings of a site.',
  args: { site: text, ranges: names, fallback: names, boundary: BOUNDARY, spare: SPARE, offline: OFFLINE },
  returns: { set: {} },
  refuses: { site_not_found: {} },
})

const RESTART = record('restart', {
  state: RESTART_STATE,
  node: about('whose turn it is', text),
  done: int,
  skipped: int,
  total: int,
  reason: about('why it waits or is stuck; absent: it goes on', optional(RESTART_REASON)),
  needTracks: int,
  freeTracks: int,
  stopping: flag,
})

export const readSites = defineScript({
  file: 'sites/read-sites',
  purpose:
    'Every site of the shard with its sums. Each replica reads them every second, which also sends its write clock when no joins go through it.',
  writeClock: true,
  args: {},
  returns: {
    sites: {
      sites: list(
        record('site', {
          site: text,
          nodes: int,
          serving: int,
          silent: int,
          frozen: flag,
          capacityTracks: int,
          loadTracks: int,
          reservedTracks: int,
          rooms: int,
          participants: int,
          ranges: names,
          fallback: names,
          boundary: BOUNDARY,
          spare: SPARE,
          offline: OFFLINE,
          sampleUrl: about('of one serving node; empty: none serves', text),
          nodeUrls: about('of all its nodes, sorted', list(text)),
          areUrlsListed: about('false: the shard has more than listedNodes', flag),
          restart: optional(RESTART),
        }),
      ),
    },
  },
})

export const sweepSite = defineScript({
  file: 'sites/sweep-site',
  purpose:
    'Does what neither reports nor joins do: makes silent nodes ineligible, takes the rooms from dead ones, and compares reservations with records, a few nodes at a time. Every replica calls this; once per sweepMs one call does the work.',
  args: { site: text },
  returns: {
    idle: {},
    swept: { silenced: int, dead: int, correctedTracks: about('reserved tracks that were wrong', int) },
  },
})

export const beginRestart = defineScript({
  file: 'sites/begin-restart',
  purpose:
    'Begins the ordered restart of a site’s nodes, or continues one that is stuck: a node that is still not back is left out.',
  args: { site: text },
  returns: { begun: {}, goes_on: {} },
  refuses: { site_not_found: {} },
})

export const stopRestart = defineScript({
  file: 'sites/stop-restart',
  purpose: 'Ends the ordered restart of a site. A node whose LiveKit is being restarted comes back first.',
  args: { site: text },
  returns: { stopped: {}, finishes: { node: text } },
  refuses: { site_not_found: {} },
})

export const stepRestart = defineScript({
  file: 'sites/step-restart',
  purpose:
    'The next step of the ordered restart of a site, if one is due. Every replica calls this; each step is taken once.',
  args: { site: text, freeElsewhere: FREE_TRACKS },
  returns: {
    idle: {},
    drained: { node: about('its drain has begun', text) },
    restarted: { node: about('it is empty, LiveKit is to be restarted', text) },
    back: { node: about('it serves again', text) },
    skipped: { node: text },
    stuck: { node: text, reason: RESTART_REASON },
    ended: { done: int, skipped: int },
  },
})
