import { Type, type Static } from 'typebox'

const NodeId = Type.String({
  pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$',
  description: 'Lower-case letters, digits, dashes; 1–63.',
})
const SiteId = Type.String({ pattern: '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$' })

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
      },
      { additionalProperties: false },
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
    drop: Type.Array(Type.String(), {
      description: 'LiveKit rooms that are no longer this node’s: ended, or moved to a higher epoch.',
    }),
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

/** `status` sums up state and lease: what a person wants to know first. */
export const NodeView = Type.Object(
  {
    node: Type.String(),
    site: Type.String(),
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
  },
  { title: 'Node' },
)
export type NodeView = Static<typeof NodeView>

export const SiteView = Type.Object(
  {
    site: Type.String(),
    nodes: Type.Integer(),
    serving: Type.Integer(),
    rooms: Type.Integer(),
    participants: Type.Integer(),
    capacityTracks: Type.Number(),
    headroomTracks: Type.Number(),
    headroom: Type.Number({ description: 'Headroom of serving nodes over their capacity, 0–1.' }),
  },
  { title: 'Site' },
)
export type SiteView = Static<typeof SiteView>

export const FleetView = Type.Object(
  { at: Type.String({ format: 'date-time' }), sites: Type.Array(SiteView), nodes: Type.Array(NodeView) },
  { title: 'Fleet' },
)
export type FleetView = Static<typeof FleetView>
