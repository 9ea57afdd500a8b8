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
    'Takes reports and answers each with what the node is to do. Many in one call, because 20,000 nodes report every few seconds. The work is proportional to what has changed.',
  args: {},
  each: {
    node: text,
    secretHash: text,
    bootId: about('id of the agent process', text),
    seq: int,
    up: about('LiveKit runs', flag),
    utilisationPpm: about('absent: it could not be read, and the last value is kept', optional(int)),
    capacityTracks: int,
    joinsPerSecMax: int,
    staysMs: about('the agent is stopping and waits this long', optional(int)),
    wantsUrl: about('the replica is ready to probe the node', flag),
    details: about('JSON for the operations page', text),
    rooms: about(
      'absent: they could not be read, and the last ones are kept',
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
      unreachedUrl: about('present if it was wanted and no replica has reached the node', optional(text)),
      isRestartWanted: flag,
    },
    stale: { state: NODE_STATE, site: text },
  },
  refuses: { node_unauthorized: {} },
})
