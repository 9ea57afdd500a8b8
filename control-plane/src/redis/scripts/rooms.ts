/** Scripts that read and change a room. Placing one: placement.ts. */
import { STANDBY_LEVELS } from '../../protocol/shapes/rooms.ts'
import { defineScript } from '../scripting/define-script.ts'
import { about, flag, int, oneOf, optional, pairs, text } from '../scripting/types.ts'

export const STANDBY_LEVEL = oneOf(...STANDBY_LEVELS)

export const createRoom = defineScript({
  file: 'rooms/create-room',
  purpose:
    'Writes the record of a new room. An existing code is not overwritten; with 70 random bits that does not happen.',
  writeClock: true,
  args: {
    roomId: text,
    title: text,
    hostKeyHash: text,
    costTracks: about('as the creator has declared it', optional(int)),
    site: optional(text),
    tenant: optional(text),
    ttlMs: int,
    livesOn: about('its link is prolonged while it is used', flag),
    startsAtMs: optional(int),
    standbyLevel: about('absent: the level of the tenant', optional(STANDBY_LEVEL)),
  },
  returns: { created: { expiresAtMs: int }, taken: {} },
  refuses: { too_many_rooms: {} },
})

export const viewRoom = defineScript({
  file: 'rooms/view-room',
  purpose: 'What the join page shows of a room.',
  writeClock: true,
  args: { roomId: text },
  returns: {
    room: { title: text, expiresAtMs: int, site: about('where it runs or is to run', optional(text)) },
  },
  refuses: { room_not_found: {}, store_recovering: {} },
})

export const endRoom = defineScript({
  file: 'rooms/end-room',
  purpose:
    'Ends a meeting for its host: the link stops working at once, and the node is ordered to drop the room.',
  args: { roomId: text, hostKeyHash: text },
  returns: {
    ended: {},
    elsewhere: {
      site: about('of another shard, in which the order for the node is still to be written', text),
      node: text,
      epoch: int,
    },
  },
  refuses: { room_not_found: {}, host_key_refused: {} },
})

export const dropRoom = defineScript({
  file: 'rooms/drop-room',
  purpose: 'Takes a room whose record is in another shard from a node of this one.',
  args: {
    node: text,
    name: about('of the LiveKit room', text),
    order: about('for the node', optional(oneOf('drop', 'moved'))),
  },
  returns: { done: {} },
})

export const setStandby = defineScript({
  file: 'rooms/set-standby',
  purpose: 'Sets the standby level of a room while it runs. Its clients call rejoin to learn of the change.',
  args: { roomId: text, level: STANDBY_LEVEL },
  returns: { set: {} },
  refuses: { room_not_found: {} },
})

export const adoptRooms = defineScript({
  file: 'rooms/adopt-rooms',
  purpose:
    'Writes the records of rooms that agents created while their branch was offline. Known rooms stay as they are.',
  args: { node: text, site: about('of the node', text) },
  each: { roomId: text, title: text, hostKeyHash: text, expiresAtMs: int },
  returns: {
    adopted: { count: int, isCut: about('the node may add no more in this hour', flag) },
  },
})

export const readOrigin = defineScript({
  file: 'rooms/read-origin',
  purpose: 'What a node has to do with a room: the authority of a ticket of its agent depends on it.',
  args: { roomId: text, node: text },
  returns: { origin: { ranThere: flag, startedThere: flag } },
})

export const confirmRooms = defineScript({
  file: 'rooms/confirm-rooms',
  purpose: 'Takes what a node of another shard reports about rooms whose records are in this one.',
  args: {
    node: text,
    site: about('of the node', text),
    capacityTracks: about('of the node', int),
    offlineGrant: about('of the node, as its record has it', optional(text)),
  },
  each: {
    name: about('of the LiveKit room', text),
    isGone: about('it is over on that node', flag),
    tracks: int,
  },
  returns: { confirmed: { orders: about('by room name, for the node', pairs(oneOf('drop', 'moved'))) } },
})
