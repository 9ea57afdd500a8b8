import { Type, type Static } from 'typebox'
import {
  OFFLINE_POLICIES,
  RESTART_REASONS,
  RESTART_STATES,
  SITE_BOUNDARIES,
  SITE_SPARES,
} from '../protocol/shapes/sites.ts'
import type * as shapes from '../protocol/shapes/sites.ts'
import { shaped } from './shape.ts'

export const SiteId = Type.String({
  pattern: '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$',
  description: 'Site: lower-case letters, digits, dashes; 1–40.',
})

export const SiteParams = Type.Object({ site: SiteId })

/** What an operator sets for a site. Everything has a default: a site exists as soon as a node enrols in it. */
export const SiteSettings = shaped<shapes.SiteSettings>()(
  Type.Object(
    {
      ranges: Type.Array(Type.String({ maxLength: 64 }), {
        maxItems: 1_000,
        description:
          'Addresses of people at this site, CIDR (10.2.0.0/16, 2001:db8::/32). The longest match wins.',
      }),
      fallback: Type.Array(SiteId, {
        maxItems: 50,
        description:
          'Where rooms of this site go when it is full, in this order. Empty: the sites with most headroom.',
      }),
      boundary: Type.Enum(SITE_BOUNDARIES, {
        description: 'hard: rooms of this site stay here; when it is full they are refused.',
      }),
      spare: Type.Enum(SITE_SPARES, {
        description: 'largest-node: new rooms leave enough free to lose the largest node of the site.',
      }),
      offline: Type.Optional(
        Type.Enum(OFFLINE_POLICIES, {
          description:
            'What the nodes of the site may do for its people while they cannot reach the control plane: nothing, let them into meetings by link, or also start meetings. Default off.',
        }),
      ),
    },
    {
      additionalProperties: false,
      title: 'SiteSettings',
      examples: [
        { ranges: ['10.2.0.0/16'], fallback: ['head-office'], boundary: 'soft', spare: 'largest-node' },
      ],
    },
  ),
)
export type SiteSettings = shapes.SiteSettings

/** The nodes of a site are drained one by one, their LiveKit is restarted, they serve again. */
export const SiteRestart = shaped<shapes.SiteRestart>()(
  Type.Object(
    {
      state: Type.Enum(RESTART_STATES, {
        description:
          'waiting: the turn of the next node cannot begin yet; draining: its rooms are being moved; restarting: its LiveKit is; stuck: an operator has to look; done: shown for ten minutes.',
      }),
      node: Type.Union([Type.String(), Type.Null()], { description: 'The node whose turn it is.' }),
      done: Type.Integer({ description: 'Nodes that serve again.' }),
      skipped: Type.Integer({
        description: 'Nodes that were absent at their turn, or were left out because they did not come back.',
      }),
      total: Type.Integer(),
      reason: Type.Union([Type.Null(), Type.Enum(RESTART_REASONS)], {
        description:
          'waiting: frozen (many nodes here are silent), silent (the node or its LiveKit is not there), leaving (its agent is stopping), another_drain (another node here is being drained), no_room (the other nodes have no room for its rooms). stuck: by_hand (its agent cannot restart LiveKit: a person has to, then it goes on), taken_back (an operator cancelled the drain), not_empty or not_back (in time).',
      }),
      needTracks: Type.Number({ description: 'With no_room: tracks of its rooms.' }),
      freeTracks: Type.Number({ description: 'With no_room: tracks that are free for them.' }),
      stopping: Type.Boolean({ description: 'It ends with this node.' }),
    },
    { title: 'SiteRestart' },
  ),
)
export type SiteRestart = shapes.SiteRestart

/** The sums are updated with each report and each placement, never computed by reading all nodes. */
export const SiteView = Type.Object(
  {
    site: Type.String(),
    nodes: Type.Integer({ description: 'Enrolled nodes.' }),
    serving: Type.Integer({ description: 'Nodes that would take a new room now.' }),
    silent: Type.Integer({ description: 'Nodes without a report for longer than the lease.' }),
    frozen: Type.Boolean({
      description:
        'Too many nodes went silent together: the fault may be the control plane’s, so no node is given up for now.',
    }),
    rooms: Type.Integer(),
    participants: Type.Integer(),
    capacityTracks: Type.Number({ description: 'Of the serving nodes.' }),
    reservedTracks: Type.Number(),
    headroomTracks: Type.Number({ description: 'Capacity − load − reserved of the serving nodes.' }),
    headroom: Type.Number({ description: 'Headroom over capacity, 0–1.' }),
    settings: SiteSettings,
    restart: Type.Union([Type.Null(), SiteRestart], {
      description: 'null: none is under way, and none ended a moment ago.',
    }),
  },
  { title: 'Site' },
)
export type SiteView = Static<typeof SiteView>
