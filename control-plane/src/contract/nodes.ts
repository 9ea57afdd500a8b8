import { Type, type Static } from 'typebox'
import { NODE_STATES, NODE_STATUSES } from '../protocol/shapes/nodes.ts'
import type * as shapes from '../protocol/shapes/nodes.ts'
import type * as resources from '../protocol/resources.ts'
import { NODE_ID_PATTERN } from '../protocol/room-names.ts'
import { shaped } from './shape.ts'
import { SiteId } from './sites.ts'

export const NodeId = Type.String({
  pattern: NODE_ID_PATTERN,
  description: 'Lower-case letters, digits, dashes; 1–63.',
})

export const NodeParams = Type.Object({ node: NodeId })

export const NodeState = Type.Enum(NODE_STATES)

export const Resources = shaped<resources.Resources>()(
  Type.Object(
    {
      cpuCores: Type.Number({ minimum: 0, maximum: 4096 }),
      egressBytesPerSec: Type.Number({ minimum: 0, maximum: 1e12 }),
      packetsPerSec: Type.Number({ minimum: 0, maximum: 1e9 }),
      tracks: Type.Number({ minimum: 0, maximum: 100_000_000 }),
    },
    { additionalProperties: false },
  ),
)

/** How a node is drained. */
export const DrainNode = shaped<shapes.DrainNode>()(
  Type.Object(
    {
      withinSec: Type.Optional(
        Type.Integer({
          minimum: 5,
          maximum: 86_400,
          description:
            'Planned duration of the drain. Rooms move as fast as the other nodes take them. Default 120.',
        }),
      ),
      force: Type.Optional(
        Type.Boolean({
          description: 'Drain also when the other nodes have too little capacity: then some rooms stay.',
        }),
      ),
    },
    { additionalProperties: false, title: 'DrainNode' },
  ),
)

const DrainProgress = shaped<shapes.DrainProgress>()(
  Type.Object({
    endsInMs: Type.Integer({ description: 'Until the planned end; 0: it has passed.' }),
    roomsToMove: Type.Integer(),
    roomsAtStart: Type.Union([Type.Integer(), Type.Null()], {
      description: 'null: no operator drained the node; its agent is stopping.',
    }),
  }),
)

/** `status` combines state and lease: the first thing an operator wants to know. */
export const NodeView = Type.Object(
  {
    node: Type.String(),
    site: Type.String(),
    zone: Type.String(),
    url: Type.String(),
    status: Type.Enum(NODE_STATUSES),
    state: NodeState,
    lastReportAgeMs: Type.Union([Type.Integer(), Type.Null()]),
    rooms: Type.Integer(),
    participants: Type.Integer(),
    utilisation: Type.Number({
      description: 'Worst of CPU, egress, packets, tracks over capacity; 1 is full.',
    }),
    reserved: Type.Number({ description: 'Reserved load over capacity.' }),
    headroom: Type.Number({ description: '1 − utilisation − reserved, not below 0.' }),
    capacity: Type.Union([Resources, Type.Null()]),
    load: Type.Union([Resources, Type.Null()]),
    cpuBusy: Type.Union([Type.Number(), Type.Null()]),
    cpuSteal: Type.Union([Type.Number(), Type.Null()]),
    agentVersion: Type.String(),
    drain: Type.Union([Type.Null(), DrainProgress], {
      description: 'The node is being drained; null: it is not.',
    }),
  },
  { title: 'Node' },
)
export type NodeView = Static<typeof NodeView>

/** One page of the nodes of a site, by id. */
export const NodePage = Type.Object(
  {
    nodes: Type.Array(NodeView),
    next: Type.Union([Type.String(), Type.Null()], {
      description: '`after` of the next page; null: the end.',
    }),
  },
  { title: 'NodePage' },
)
export type NodePage = Static<typeof NodePage>

export const NodeQuery = Type.Object(
  {
    site: Type.Optional(SiteId),
    after: Type.Optional(Type.String({ maxLength: 128, description: '`next` of the page before.' })),
    limit: Type.Optional(
      Type.String({ pattern: '^([1-9]|[1-9][0-9]|[1-4][0-9][0-9]|500)$', description: '1–500.' }),
    ),
  },
  { additionalProperties: false },
)

export const RemovedNodes = Type.Array(
  Type.Object({ node: Type.String(), removedAt: Type.String({ format: 'date-time' }) }),
  { title: 'RemovedNodes' },
)
