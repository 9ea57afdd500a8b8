/** Scripts that place rooms on nodes. */
import { defineScript } from '../scripting/define-script.ts'
import { about, int, names, oneOf, optional, record, text } from '../scripting/types.ts'
import { STANDBY_LEVEL } from './rooms.ts'

const PURPOSE = oneOf('join', 'rejoin', 'move')

/** URL, API key, sealed secret and agent version of a node, one per line. */
const CREDENTIALS = text

const STANDBY = record('standby', {
  node: text,
  epoch: int,
  site: text,
  credentials: CREDENTIALS,
  level: STANDBY_LEVEL,
})

const PLACED = {
  node: text,
  epoch: int,
  site: text,
  credentials: CREDENTIALS,
  title: text,
  expiresAtMs: int,
  silentMs: about('since the last report of the node', int),
  standby: optional(STANDBY),
}

export const placeRooms = defineScript({
  file: 'rooms/place-rooms',
  purpose:
    'Finds the nodes that rooms run on. A room without a good node is bound to one, which reserves its load, at a higher epoch. All in one step, so that replicas that call at the same time get the same answer; many rooms in one call, because joins come in bursts.',
  writeClock: true,
  args: {
    spillSites: about('sites with free capacity, for rooms without a site and for full sites', names),
    defaultStandbyLevel: STANDBY_LEVEL,
  },
  each: {
    roomId: text,
    purpose: PURPOSE,
    hostKeyHash: about('of the key that the participant claims to hold', optional(text)),
    goneEpoch: about('epoch of a placement that is gone or to be moved away from; 0: none', int),
    fromNode: about('move: the node to move away from', optional(text)),
    near: about('nearest site of the participant', optional(text)),
    heldEpoch: about('rejoin: the epoch that the participant was at; 0: unknown', int),
  },
  replies: 'per-item',
  returns: {
    placed: PLACED,
    elsewhere: {
      site: about('of another shard, in which to join', text),
      node: text,
      epoch: int,
      cost: int,
      title: text,
      expiresAtMs: int,
    },
    try_sites: {
      sites: about('of other shards, to be tried in this order', names),
      epoch: int,
      nextEpoch: int,
      cost: int,
      leastCost: int,
      title: text,
      expiresAtMs: int,
      reservationEndMs: int,
      otherwise: about(
        'the refusal if none of them takes it',
        oneOf('store_recovering', 'fleet_full', 'no_node'),
      ),
    },
    stays: {},
  },
  refuses: {
    room_not_found: {},
    host_key_refused: {},
    no_node: {},
    fleet_full: {},
    site_full: {},
    node_full: {},
    node_busy: {},
    store_recovering: {},
  },
})

export const holdRoom = defineScript({
  file: 'rooms/hold-room',
  purpose:
    'The part of placing a room that happens outside the shard of its record: reserves a node for it, or lets a participant into it where it runs.',
  writeClock: true,
  args: {
    roomId: text,
    epoch: int,
    purpose: PURPOSE,
    cost: int,
    leastCost: int,
    title: text,
    expiresAtMs: int,
    node: about('where it runs; absent: nowhere yet', optional(text)),
    sites: about('to be tried if it runs nowhere yet', names),
    reservationEndMs: int,
  },
  returns: { placed: PLACED, gone: {} },
  refuses: { no_node: {}, fleet_full: {}, node_full: {}, node_busy: {}, store_recovering: {} },
})

export const commitRoom = defineScript({
  file: 'rooms/commit-room',
  purpose:
    'Binds a room to the node that was reserved for it in another shard, unless it was bound in the meantime.',
  writeClock: true,
  args: {
    roomId: text,
    epoch: about('epoch of the room when the node was reserved', int),
    nextEpoch: int,
    node: text,
    site: about('of the node', text),
  },
  returns: { bound: {}, lost: {} },
})
