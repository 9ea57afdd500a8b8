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
    alone: Type.Optional(
      Type.Enum(['off', 'join', 'start'], {
        description:
          'What its nodes may do for people of the site while they are cut off from the control plane: nothing, let them into meetings by link, or also start meetings. Default off.',
      }),
    ),
  },
  { additionalProperties: false, title: 'SiteSettings' },
)
export type SiteSettings = Static<typeof SiteSettings>

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
  },
  { title: 'Site' },
)
export type SiteView = Static<typeof SiteView>
