/** Scripts that read and change nodes. */
import type { FreeTracks } from '../../domain/site-records.ts'
import { NODE_STATES } from '../../protocol/shapes/nodes.ts'
import { defineScript } from '../scripting/define-script.ts'
import {
  about,
  flag,
  int,
  list,
  oneOf,
  optional,
  pairs,
  record,
  text,
  type Type,
} from '../scripting/types.ts'

export const NODE_STATE = oneOf(...NODE_STATES)

/** Tracks that each site can take over from other sites, 'site tracks,site tracks'. */
export const FREE_TRACKS: Type<FreeTracks> = {
  ...text,
  doc: `'site tracks,site tracks'`,
  toArg: (free) => free.map(({ site, tracks }) => `${site} ${Math.floor(tracks)}`).join(','),
  fromReply: () => {
    throw new TypeError('free tracks are never in a reply')
  },
}

export const claimNode = defineScript({
  file: 'nodes/claim-node',
  purpose: 'Gives a node id one owner and one site over all shards.',
  args: {
    node: text,
    site: text,
    secretHash: text,
    isSharded: about('give the site a shard of its own', flag),
  },
  returns: {
    claimed: {
      siteBefore: about('site where it was enrolled until now, if another one', optional(text)),
      shard: about('number of the site’s shard; 0: there is only one', int),
    },
  },
  refuses: { node_id_taken: {}, node_removed: {} },
})

export const removeNode = defineScript({
  file: 'nodes/remove-node',
  purpose:
    'Takes the id of a node from its owner, for good. Its record is deleted next, in the shard of its site.',
  args: { node: text },
  returns: { removed: { site: text } },
  refuses: { node_not_found: {} },
})

export const allowNode = defineScript({
  file: 'nodes/allow-node',
  purpose: 'The id of a removed node may be enrolled again, by any agent.',
  args: { node: text },
  returns: { allowed: {} },
  refuses: { node_not_found: {} },
})

export const readRemovedNodes = defineScript({
  file: 'nodes/read-removed-nodes',
  purpose: 'Nodes that operators have removed.',
  args: {},
  returns: { removed: { nodes: pairs(about('`<ms> <secretHash>`', text)) } },
})

export const findNode = defineScript({
  file: 'nodes/find-node',
  purpose: 'The site of a node.',
  args: { node: text },
  returns: { found: { site: text } },
  refuses: { node_not_found: {} },
})

export const enrolNode = defineScript({
  file: 'nodes/enrol-node',
  purpose: 'Writes or updates the record of a node whose claim was accepted.',
  args: {
    node: text,
    site: text,
    zone: about('failure domain; empty: its own', text),
    credentials: about('URL, API key, sealed secret and agent version, one per line', text),
    secretHash: text,
  },
  returns: { enrolled: {} },
})

export const forgetNode = defineScript({
  file: 'nodes/forget-node',
  purpose: 'Deletes what is known of a node at a site that it has left.',
  args: { node: text, site: text },
  returns: { done: {} },
})

export const readNodeCredentials = defineScript({
  file: 'nodes/read-node-credentials',
  purpose: 'The credentials that are needed to send a participant to a node.',
  args: { node: text },
  returns: { found: { credentials: text, offlineGrant: optional(text) } },
  refuses: { node_not_found: {} },
})

export const markReached = defineScript({
  file: 'nodes/mark-reached',
  purpose:
    'A replica has reached the LiveKit of this node, so that not reaching it means something from now on.',
  args: { node: text },
  returns: { done: {} },
})

export const shutOut = defineScript({
  file: 'reports/shut-out',
  purpose: 'A node answers but lets nobody in: it gets no rooms until a replica has joined there.',
  args: { node: text },
  returns: { shut_out: {}, known: {} },
})

export const condemnNode = defineScript({
  file: 'nodes/condemn-node',
  purpose:
    'Participants have lost this node and a replica cannot reach it: if its agent is silent too, the node counts as down until its next report.',
  args: { node: text },
  returns: { condemned: {}, gone: {}, kept: {} },
})

export const setNodeState = defineScript({
  file: 'nodes/set-node-state',
  purpose: 'Cordons, uncordons or drains a node. Applies from the next placement on.',
  args: {
    node: text,
    state: NODE_STATE,
    force: about('drain the node even if its rooms do not fit elsewhere', flag),
    freeElsewhere: FREE_TRACKS,
    drainWithinMs: optional(int),
  },
  returns: { set: {} },
  refuses: { node_not_found: {}, drain_does_not_fit: { needTracks: int, freeTracks: int } },
})

export const nextRoomsToMove = defineScript({
  file: 'nodes/next-rooms-to-move',
  purpose:
    'The next rooms to move away from draining nodes. Every replica calls this; in each drainBatchMs one call gets rooms of a node.',
  args: {},
  returns: { next: { nodes: list(record('node', { node: text, rooms: list(text) })) } },
})

const DRAIN = record('drain', {
  endsMs: int,
  roomsAtStart: about('absent: no operator drained the node', optional(int)),
  roomsToMove: int,
})

export const readNodes = defineScript({
  file: 'nodes/read-nodes',
  purpose: 'A page of a site’s nodes in the order of their ids.',
  args: { site: text, after: optional(text), limit: int },
  returns: {
    nodes: {
      nowMs: int,
      frozen: flag,
      nodes: list(
        record('node', {
          node: text,
          site: text,
          zone: text,
          state: NODE_STATE,
          up: flag,
          seenMs: about('0: never', int),
          utilisationPpm: int,
          capacityTracks: int,
          reservedTracks: int,
          rooms: int,
          participants: int,
          credentials: text,
          details: about('JSON', optional(text)),
          drain: optional(DRAIN),
        }),
      ),
    },
  },
})
