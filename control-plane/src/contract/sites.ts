import { Type, type Static } from 'typebox'

export const SiteId = Type.String({ pattern: '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$' })

export const SiteParams = Type.Object({ site: SiteId })

/** What an operator says of a site. Everything has a default: a site exists as soon as a node enrols in it. */
export const SiteSettings = Type.Object(
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
    boundary: Type.Enum(['soft', 'hard'], {
      description: 'hard: rooms of this site stay here; when it is full they are refused.',
    }),
    spare: Type.Enum(['largest-node', 'none'], {
      description: 'largest-node: new rooms leave enough free to lose the largest node of the site.',
    }),
    offline: Type.Optional(
      Type.Enum(['off', 'join', 'start'], {
        description:
          'What its nodes may do for people of the site while they are cut off from the control plane: nothing, let them into meetings by link, or also start meetings. Default off.',
      }),
    ),
  },
  { additionalProperties: false, title: 'SiteSettings' },
)
export type SiteSettings = Static<typeof SiteSettings>

/** The nodes of a site restarted one by one: drained, LiveKit restarted, serving again, the next. */
export const SiteRestart = Type.Object(
  {
    state: Type.Enum(['waiting', 'draining', 'restarting', 'stuck', 'done'], {
      description:
        'waiting: the next node’s turn cannot begin yet; draining: it is being emptied; restarting: its LiveKit is; stuck: an operator has to look; done: shown for ten minutes.',
    }),
    node: Type.Union([Type.String(), Type.Null()], { description: 'Whose turn it is.' }),
    done: Type.Integer({ description: 'Nodes that serve again.' }),
    skipped: Type.Integer({
      description:
        'Nodes that were not there at their turn, or were left out because they did not come back.',
    }),
    total: Type.Integer(),
    reason: Type.Union(
      [
        Type.Null(),
        Type.Enum([
          'frozen',
          'silent',
          'leaving',
          'another_drain',
          'no_room',
          'by_hand',
          'taken_back',
          'not_empty',
          'not_back',
        ]),
      ],
      {
        description:
          'waiting: frozen (many nodes here are silent), silent (the node or its LiveKit is not there), leaving (its agent was told to stop), another_drain (another node here is being emptied), no_room (the others have no room for its rooms). stuck: by_hand (its agent cannot restart LiveKit: somebody has to, then it goes on), taken_back (somebody took the drain back), not_empty or not_back (in time).',
      },
    ),
    needTracks: Type.Number({ description: 'With no_room: tracks of its rooms.' }),
    freeTracks: Type.Number({ description: 'With no_room: tracks that are free for them.' }),
    stopping: Type.Boolean({ description: 'It ends with this node.' }),
  },
  { title: 'SiteRestart' },
)
export type SiteRestart = Static<typeof SiteRestart>

/** The sums are kept up with each report and each placement, never worked out by reading all nodes. */
export const SiteView = Type.Object(
  {
    site: Type.String(),
    nodes: Type.Integer({ description: 'Enrolled and heard of.' }),
    serving: Type.Integer({ description: 'Would take a new room now.' }),
    silent: Type.Integer({ description: 'Not heard of for longer than the lease.' }),
    frozen: Type.Boolean({
      description: 'Too many nodes went silent together: the fault may be ours, so none is given up for now.',
    }),
    rooms: Type.Integer(),
    participants: Type.Integer(),
    capacityTracks: Type.Number({ description: 'Of the serving nodes.' }),
    reservedTracks: Type.Number(),
    headroomTracks: Type.Number({ description: 'Capacity − load − reserved of the serving nodes.' }),
    headroom: Type.Number({ description: 'Headroom over capacity, 0–1.' }),
    settings: SiteSettings,
    restart: Type.Union([Type.Null(), SiteRestart], {
      description: 'null: none is under way, nor has one ended a moment ago.',
    }),
  },
  { title: 'Site' },
)
export type SiteView = Static<typeof SiteView>
