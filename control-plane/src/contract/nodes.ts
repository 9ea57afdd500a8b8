import { Type, type Static } from 'typebox'
import { SiteId } from './sites.ts'

const NodeId = Type.String({
  pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$',
  description: 'Lower-case letters, digits, dashes; 1–63.',
})

export const NodeParams = Type.Object({ node: NodeId })

export const EnrolNode = Type.Object(
  {
    node: NodeId,
    site: SiteId,
    url: Type.String({
      pattern: '^wss?://[^\\s/?#@]+/?$',
      maxLength: 255,
      description: 'Public WebSocket URL of LiveKit that browsers use.',
    }),
    apiKey: Type.String({ minLength: 3, maxLength: 128 }),
    apiSecret: Type.String({ minLength: 32, maxLength: 256, description: 'Sealed before it is stored.' }),
    nodeSecret: Type.String({
      pattern: '^[A-Za-z0-9_-]{43}$',
      description: '256 random bits, base64url, made and kept by the agent; its reports carry it.',
    }),
    zone: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9._-]{1,40}$',
        description:
          'Failure domain inside the site: rack, room, power feed. Nodes of one zone go down together. Default: the node alone.',
      }),
    ),
    agentVersion: Type.String({ maxLength: 40 }),
  },
  { additionalProperties: false, title: 'EnrolNode' },
)
export type EnrolNode = Static<typeof EnrolNode>

const Resources = (max: number) =>
  Type.Object(
    {
      cpuCores: Type.Number({ minimum: 0, maximum: 4096 }),
      egressBytesPerSec: Type.Number({ minimum: 0, maximum: 1e12 }),
      packetsPerSec: Type.Number({ minimum: 0, maximum: 1e9 }),
      tracks: Type.Number({ minimum: 0, maximum: max }),
    },
    { additionalProperties: false },
  )

/** One report, agent → control plane, every ≤ 2 s. All numbers are per node. */
export const NodeReport = Type.Object(
  {
    bootId: Type.String({
      pattern: '^[A-Za-z0-9-]{8,64}$',
      description: 'New with each start of the agent.',
    }),
    seq: Type.Integer({
      minimum: 1,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'Rises with each report of a boot.',
    }),
    livekit: Type.Object(
      {
        up: Type.Boolean({ description: 'false: the agent saw LiveKit exit or hang.' }),
        rooms: Type.Union([
          Type.Null({ description: 'Not known: the reading failed; the last reading holds.' }),
          Type.Array(
            Type.Object(
              {
                name: Type.String({ maxLength: 128, description: '{roomId}~{epoch}' }),
                participants: Type.Integer({ minimum: 0, maximum: 100_000 }),
                tracks: Type.Integer({
                  minimum: 0,
                  maximum: 10_000_000,
                  description: 'Published + subscribed.',
                }),
              },
              { additionalProperties: false },
            ),
            { maxItems: 50_000 },
          ),
        ]),
        startedAtSec: Type.Optional(
          Type.Number({
            minimum: 0,
            maximum: 1e12,
            description:
              'When LiveKit’s process started, by the node’s own clock: another value is another process. Absent: not known.',
          }),
        ),
        cannotRestart: Type.Optional(
          Type.Boolean({
            description:
              'true: the agent was told to restart LiveKit and cannot, for it does not see its process or may not signal it.',
          }),
        ),
        since: Type.Optional(
          Type.Integer({
            minimum: 1,
            description:
              'seq of an earlier report of this boot that was taken in: `rooms` holds only what changed since. Absent: `rooms` is whole.',
          }),
        ),
        gone: Type.Optional(
          Type.Array(Type.String({ maxLength: 128 }), {
            maxItems: 50_000,
            description: 'With `since`: rooms that ended since.',
          }),
        ),
        totals: Type.Optional(
          Type.Object(
            {
              rooms: Type.Integer({ minimum: 0, maximum: 50_000 }),
              participants: Type.Integer({ minimum: 0, maximum: 10_000_000 }),
            },
            { additionalProperties: false, description: 'With `since`: all rooms, changed or not.' },
          ),
        ),
      },
      { additionalProperties: false },
    ),
    leaving: Type.Optional(
      Type.Object(
        { withinSec: Type.Integer({ minimum: 1, maximum: 86_400 }) },
        {
          additionalProperties: false,
          description: 'The agent was told to stop: its rooms are to be moved within this time.',
        },
      ),
    ),
    offlineGrantSec: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 604_800,
        description: 'How long the offline grant of the agent is still valid.',
      }),
    ),
    joinsPerSec: Type.Optional(
      Type.Number({
        minimum: 1,
        maximum: 1_000_000,
        description: 'Joins that the node bears per second. Absent: worked out from its cores.',
      }),
    ),
    capacity: Resources(100_000_000),
    load: Type.Union([
      Type.Null({ description: 'Not known: the reading failed; the last reading holds.' }),
      Resources(100_000_000),
    ]),
    host: Type.Object(
      {
        cpuBusy: Type.Number({
          minimum: 0,
          maximum: 1,
          description: 'Share of the host’s CPU time not idle.',
        }),
        cpuSteal: Type.Number({ minimum: 0, maximum: 1, description: 'Share taken by the hypervisor.' }),
        memoryUsedBytes: Type.Number({ minimum: 0 }),
        memoryLimitBytes: Type.Number({ minimum: 0 }),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false, title: 'NodeReport' },
)
export type NodeReport = Static<typeof NodeReport>

/** The reply to a report: what the control plane wants of the node. */
export const Directive = Type.Object(
  {
    state: Type.Enum(['serving', 'cordoned', 'draining']),
    drop: Type.Array(Type.String(), { description: 'LiveKit rooms that are over: to be closed at once.' }),
    moved: Type.Array(Type.String(), {
      description:
        'LiveKit rooms that run elsewhere by now: their people are to be called to ask again; to be closed when they are gone.',
    }),
    changed: Type.Array(Type.String(), {
      description:
        'LiveKit rooms whose standby is another one by now: their people are to be called to ask again.',
    }),
    restart: Type.Optional(
      Type.Boolean({
        description:
          'true: LiveKit is to be restarted, once nobody is on it. Told until another process of it is seen.',
      }),
    ),
    wholeRooms: Type.Boolean({
      description: 'The next report must carry all rooms: what `since` refers to is not known here.',
    }),
    offlineGrant: Type.Optional(
      Type.String({
        description:
          'Signed and expiring (JWT): what the agent may do for people of its site while it is cut off. To be kept, and shown afterwards.',
      }),
    ),
    reportEveryMs: Type.Integer(),
  },
  { title: 'Directive' },
)
export type Directive = Static<typeof Directive>

export const Enrolled = Type.Object(
  { node: Type.String(), reportEveryMs: Type.Integer() },
  { title: 'Enrolled' },
)
export type Enrolled = Static<typeof Enrolled>

/** Meetings that people of a branch started on its own node while it was cut off. */
export const OfflineRooms = Type.Object(
  {
    grant: Type.String({
      maxLength: 2_048,
      description: 'Directive.offlineGrant under which they were started.',
    }),
    rooms: Type.Array(
      Type.Object(
        {
          roomId: Type.String({ pattern: '^(?:[0-9a-z]{16}|[0-9a-z]{18})$' }),
          title: Type.String({ maxLength: 120 }),
          hostKeyHash: Type.String({ pattern: '^[0-9a-f]{64}$' }),
          expiresInSec: Type.Integer({ minimum: 1, maximum: 31_536_000 }),
        },
        { additionalProperties: false },
      ),
      { maxItems: 500 },
    ),
  },
  { additionalProperties: false, title: 'OfflineRooms' },
)
export type OfflineRooms = Static<typeof OfflineRooms>

/** How a node is emptied. */
export const DrainNode = Type.Object(
  {
    withinSec: Type.Optional(
      Type.Integer({
        minimum: 5,
        maximum: 86_400,
        description:
          'What is shown as the end. Rooms are moved as fast as the other nodes take them. Default 120.',
      }),
    ),
    force: Type.Optional(
      Type.Boolean({ description: 'Also when the other nodes have not enough room: then some rooms stay.' }),
    ),
  },
  { additionalProperties: false, title: 'DrainNode' },
)

/** `status` sums up state and lease: what a person wants to know first. */
export const NodeView = Type.Object(
  {
    node: Type.String(),
    site: Type.String(),
    zone: Type.String(),
    url: Type.String(),
    status: Type.Enum(['starting', 'serving', 'cordoned', 'draining', 'suspect', 'down', 'dead']),
    state: Type.Enum(['serving', 'cordoned', 'draining']),
    lastReportAgeMs: Type.Union([Type.Integer(), Type.Null()]),
    rooms: Type.Integer(),
    participants: Type.Integer(),
    utilisation: Type.Number({
      description: 'Worst of CPU, egress, packets, tracks over capacity; 1 is full.',
    }),
    reserved: Type.Number({ description: 'Reserved load over capacity.' }),
    headroom: Type.Number({ description: '1 − utilisation − reserved, not below 0.' }),
    capacity: Type.Union([Resources(100_000_000), Type.Null()]),
    load: Type.Union([Resources(100_000_000), Type.Null()]),
    cpuBusy: Type.Union([Type.Number(), Type.Null()]),
    cpuSteal: Type.Union([Type.Number(), Type.Null()]),
    agentVersion: Type.String(),
    drain: Type.Union(
      [
        Type.Null(),
        Type.Object({
          endsInMs: Type.Integer({ description: 'Until the planned end; 0: it is past.' }),
          roomsToMove: Type.Integer(),
          roomsAtStart: Type.Union([Type.Integer(), Type.Null()], {
            description: 'null: the node leaves by itself.',
          }),
        }),
      ],
      { description: 'The node is being emptied; null: it is not.' },
    ),
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
    after: Type.Optional(Type.String({ maxLength: 128 })),
    limit: Type.Optional(
      Type.String({ pattern: '^([1-9]|[1-9][0-9]|[1-4][0-9][0-9]|500)$', description: '1–500.' }),
    ),
  },
  { additionalProperties: false },
)
