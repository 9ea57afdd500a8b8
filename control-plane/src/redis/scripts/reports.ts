/** The script that takes reports. */
import { defineScript } from '../scripting/define-script.ts'
import { about, flag, int, json, list, oneOf, optional, pairs, text } from '../scripting/types.ts'
import { NODE_STATE } from './nodes.ts'

/** Changes of a node's rooms as a script reads them; `tracks[i]` are those of `names[i]`. */
export type RoomChangesJson = { names: string[]; tracks: number[]; gone: string[] }

/** The rooms of a report. */
export type RoomsJson = RoomChangesJson & {
  /** 0: all rooms; else what has changed since the report of this number. */
  since: number
  rooms: number
  participants: number
}

const ORDERS = about('by room name', pairs(oneOf('drop', 'moved', 'changed')))
const FOREIGN_ROOMS = about('tracks of rooms whose record is in another shard; -1: it is over', pairs(int))
const OFFLINE_GRANT = about('present with foreignRooms, if the node ever had one', optional(text))

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
      orders: ORDERS,
      foreignRooms: FOREIGN_ROOMS,
      offlineGrant: OFFLINE_GRANT,
      unreachedUrl: about('present if it was wanted and no replica has reached the node', optional(text)),
      letsNobodyIn: about('nobody could join on it when it was last tried', flag),
      isRestartWanted: flag,
    },
    stale: { state: NODE_STATE, site: text },
  },
  refuses: { node_unauthorized: {} },
})

export const readLiveRooms = defineScript({
  file: 'reports/read-live-rooms',
  purpose: 'Names of the rooms that a node carries, as far as its reports were believed.',
  args: { node: text },
  returns: { rooms: { names: list(text) } },
})

export const reportRooms = defineScript({
  file: 'reports/report-rooms',
  purpose: 'Takes a slice of the rooms of a large report, whose other content was taken before.',
  args: {
    node: text,
    seq: about('of the report', int),
    since: about('0: the slices make up all rooms', int),
    rooms: json<RoomChangesJson>('{ names, tracks, gone }'),
    totalRooms: int,
    participants: about('absent: more slices follow', optional(int)),
  },
  returns: {
    taken: { orders: ORDERS, foreignRooms: FOREIGN_ROOMS, offlineGrant: OFFLINE_GRANT },
    stale: {},
  },
})

export const recordGrant = defineScript({
  file: 'reports/record-grant',
  purpose: 'Records that a node gets an offline grant, before it gets it.',
  args: { node: text, may: oneOf('join', 'start'), ttlMs: int },
  returns: { recorded: {} },
  refuses: { node_not_found: {} },
})
