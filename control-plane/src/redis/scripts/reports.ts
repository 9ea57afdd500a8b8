/** The script that takes reports. */
import { defineScript } from '../scripting/define-script.ts'
import { about, flag, int, json, oneOf, optional, pairs, text } from '../scripting/types.ts'
import { NODE_STATE } from './nodes.ts'

/** The rooms of a report as a script reads them; `tracks[i]` are those of `names[i]`. */
export type RoomsJson = {
  /** 0: all rooms; else what has changed since the report of this number. */
  since: number
  names: string[]
  tracks: number[]
  gone: string[]
  rooms: number
  participants: number
}

export const reportNodes = defineScript({
  file: 'nodes/report-nodes',
  purpose:
    'Takes in reports and answers each with what its node is to do. Many in one call: 20,000 nodes report every few seconds. The work is in proportion to what has changed.',
  args: {},
  each: {
    node: text,
    secretHash: text,
    bootId: about('which start of the agent', text),
    seq: int,
    up: about('LiveKit runs', flag),
    utilisationPpm: about('absent: could not be read, the last value holds', optional(int)),
    capacityTracks: int,
    joinsPerSecMax: int,
    staysMs: about('the agent is stopping and waits this long', optional(int)),
    wantsUrl: about('the replica would try to reach the node', flag),
    details: about('JSON for the operations page', text),
    rooms: about(
      'absent: could not be read, the last ones hold',
      optional(json<RoomsJson>('{ since, names, tracks, gone, rooms, participants }')),
    ),
    livekitStartSec: about('by the node’s clock', optional(int)),
    cannotRestart: about('the agent cannot restart LiveKit', flag),
  },
  replies: 'per-item',
  returns: {
    taken: {
      state: NODE_STATE,
      site: text,
      wantsWhole: about('the next report is to list all rooms', flag),
      orders: about('by room name', pairs(oneOf('drop', 'moved', 'changed'))),
      foreignRooms: about('tracks of rooms whose record is in another shard; -1: it is over', pairs(int)),
      unreachedUrl: about('where it was wanted and no replica has reached the node', optional(text)),
      isRestartWanted: flag,
    },
    stale: { state: NODE_STATE, site: text },
  },
  refuses: { node_unauthorized: {} },
})
