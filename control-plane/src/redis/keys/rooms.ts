/** Keys of rooms. */
import { flag, maybe, ms, number, text, tracks, type KeyKind } from './key-kind.ts'

export const ROOM_KEYS = {
  room: {
    name: 'room',
    of: 'roomId',
    type: 'hash',
    about: 'A room and where it runs. Expires with its link.',
    fields: {
      expiresAtMs: ms('end of its link; 0: a host has ended the meeting'),
      node: text('where it runs; empty: nowhere yet; `@site/node`: on a node of another shard'),
      epoch: number('version of the placement; 0: never placed'),
      title: text(),
      cost: tracks('what a placement reserves'),
      hostKeyHash: text('SHA-256 of the host key'),
      linkMs: maybe(ms('its link ends this long after it was last used; absent: it ends on its date')),
      costDeclared: maybe(flag('the creator has declared how many people will come')),
      site: maybe(text('its own site; absent: any')),
      tenant: maybe(text()),
      startsAtMs: maybe(ms('start of a scheduled meeting, as the creator gave it')),
      standbyLevel: maybe(text('`off`, `warm` or `sound`; absent: the level of the tenant')),
      standby: maybe(text('`<epoch> <node>` of its standby')),
      highestEpoch: maybe(
        number('highest epoch given to the room or a standby of it; absent: it never had a standby'),
      ),
      ranOn: maybe(text('nodes on which it has run, `a,b`, the first few')),
      adoptedFrom: maybe(text('node that started it while offline')),
      peakTracks: maybe(tracks('highest number that its node has reported')),
      storeGeneration: maybe(text('generation of the data (lib/write-clock.lua) that it was created in')),
    },
  },
  roomEnds: {
    name: 'room-ends',
    type: 'zset',
    about: 'When the links of created rooms end: how many there are is bounded.',
    entries: 'roomId → ms',
  },
  learnedCosts: {
    name: 'learned-costs',
    type: 'hash',
    about: 'How large past meetings of a tenant were.',
    entries: 'tenant → tracks',
  },
} as const satisfies Readonly<Record<string, KeyKind>>
