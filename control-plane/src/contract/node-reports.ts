import { Type, type Static } from 'typebox'
import {
  LIVEKIT_ROOM_NAME_MAX_LENGTH,
  OFFLINE_GRANT_MAX_LENGTH,
  OFFLINE_GRANT_PROOF_SEC,
  OFFLINE_ROOMS_BATCH,
  REPORT_PARTICIPANTS_MAX,
  REPORT_ROOMS_MAX,
  ROOM_TITLE_MAX_LENGTH,
  ROOM_TTL_MAX_SEC,
} from '../protocol/limits.ts'
import { PROTOCOL_VERSION } from '../protocol/version.ts'
import type * as shapes from '../protocol/shapes/nodes.ts'
import { NodeId, NodeState, Resources } from './nodes.ts'
import { shaped } from './shape.ts'
import { SiteId } from './sites.ts'

/** Incompatible versions are refused before the rest of the body is validated. */
const Protocol = Type.Integer({ minimum: 1, description: 'Protocol version of the sender.' })

/** Letters, digits and signs without blanks: what a store writes one per line, and a header can carry. */
const PRINTABLE = '^[\\x21-\\x7e]*$'

export const EnrolNode = shaped<shapes.EnrolNode>()(
  Type.Object(
    {
      protocol: Protocol,
      node: NodeId,
      site: SiteId,
      url: Type.String({
        pattern: '^wss?://[^\\s/?#@]+/?$',
        maxLength: 255,
        description: 'Public WebSocket URL of LiveKit that browsers use.',
      }),
      apiKey: Type.String({ minLength: 3, maxLength: 128, pattern: PRINTABLE }),
      apiSecret: Type.String({
        minLength: 32,
        maxLength: 256,
        pattern: PRINTABLE,
        description: 'Sealed before it is stored.',
      }),
      nodeSecret: Type.String({
        pattern: '^[A-Za-z0-9_-]{43}$',
        description: '256 random bits, base64url, generated and kept by the agent and sent with its reports.',
      }),
      zone: Type.Optional(
        Type.String({
          pattern: '^[A-Za-z0-9._-]{1,40}$',
          description:
            'Failure domain inside the site: rack, power feed. Nodes of one zone go down together. Default: a zone of its own.',
        }),
      ),
      agentVersion: Type.String({ maxLength: 40, pattern: '^[\\x20-\\x7e]*$' }),
    },
    {
      additionalProperties: false,
      title: 'EnrolNode',
      examples: [
        {
          protocol: PROTOCOL_VERSION,
          node: 'berlin-1',
          site: 'berlin',
          url: 'wss://berlin-1.edge.example.org',
          apiKey: 'APIberlin1',
          apiSecret: 'the-secret-of-that-key-in-livekit',
          nodeSecret: 'made-by-the-agent-and-never-shown-to-anyone',
          agentVersion: '0.1.0',
        },
      ],
    },
  ),
)
export type EnrolNode = shapes.EnrolNode

export const Enrolled = Type.Object(
  {
    protocol: Protocol,
    node: Type.String(),
    seal: Type.String({
      pattern: '^[A-Za-z0-9_-]{22}$',
      description: 'The bearer of the node’s other requests is `<nodeSecret>.<seal>`.',
    }),
    reportEveryMs: Type.Integer(),
  },
  { title: 'Enrolled' },
)
export type Enrolled = Static<typeof Enrolled>

const RoomName = Type.String({
  maxLength: LIVEKIT_ROOM_NAME_MAX_LENGTH,
  // Half of a surrogate pair is no text: the script that reads the names would refuse all reports of its batch.
  pattern: '^[^\\ud800-\\udfff]*$',
  description: '{roomId}~{epoch}',
})

const CarriedRoom = shaped<shapes.CarriedRoom>()(
  Type.Object(
    {
      name: RoomName,
      participants: Type.Integer({ minimum: 0, maximum: 100_000 }),
      tracks: Type.Integer({ minimum: 0, maximum: 10_000_000, description: 'Published + subscribed.' }),
    },
    { additionalProperties: false },
  ),
)

/** One report, agent → control plane, every ≤ 2 s. All numbers are per node. */
export const NodeReport = Type.Object(
  {
    protocol: Protocol,
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
          Type.Array(CarriedRoom, { maxItems: REPORT_ROOMS_MAX }),
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
              'true: a restart of LiveKit was ordered, and the agent cannot carry it out: it does not see the process or may not signal it.',
          }),
        ),
        since: Type.Optional(
          Type.Integer({
            minimum: 1,
            description:
              'seq of an earlier report of this boot that was accepted: `rooms` holds only what changed since. Absent: `rooms` is complete.',
          }),
        ),
        gone: Type.Optional(
          Type.Array(RoomName, {
            maxItems: REPORT_ROOMS_MAX,
            description: 'With `since`: rooms that ended since.',
          }),
        ),
        totals: Type.Optional(
          Type.Object(
            {
              rooms: Type.Integer({ minimum: 0, maximum: REPORT_ROOMS_MAX }),
              participants: Type.Integer({ minimum: 0, maximum: REPORT_PARTICIPANTS_MAX }),
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
          description: 'The agent is stopping: its rooms are to be moved within this time.',
        },
      ),
    ),
    offlineGrantSec: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: OFFLINE_GRANT_PROOF_SEC,
        description: 'How long the offline grant of the agent is still valid.',
      }),
    ),
    joinsPerSec: Type.Optional(
      Type.Number({
        minimum: 1,
        maximum: 1_000_000,
        description: 'Joins per second that the node can take. Absent: computed from its cores.',
      }),
    ),
    capacity: Resources,
    load: Type.Union([
      Type.Null({ description: 'Not known: the reading failed; the last reading holds.' }),
      Resources,
    ]),
    host: Type.Object(
      {
        cpuBusy: Type.Number({
          minimum: 0,
          maximum: 1,
          description: 'Share of the host’s CPU time that is not idle.',
        }),
        cpuSteal: Type.Number({ minimum: 0, maximum: 1, description: 'Share taken by the hypervisor.' }),
        memoryUsedBytes: Type.Number({ minimum: 0 }),
        memoryLimitBytes: Type.Number({ minimum: 0 }),
      },
      { additionalProperties: false },
    ),
  },
  {
    additionalProperties: false,
    title: 'NodeReport',
    examples: [
      {
        protocol: PROTOCOL_VERSION,
        bootId: '5f0c2a9e-41d7',
        seq: 7,
        livekit: { up: true, rooms: [{ name: '0123456789abcdef~1', participants: 3, tracks: 18 }] },
        capacity: { cpuCores: 8, egressBytesPerSec: 125_000_000, packetsPerSec: 400_000, tracks: 4_000 },
        load: { cpuCores: 0.2, egressBytesPerSec: 900_000, packetsPerSec: 1_200, tracks: 18 },
        host: { cpuBusy: 0.1, cpuSteal: 0, memoryUsedBytes: 900_000_000, memoryLimitBytes: 16_000_000_000 },
      },
    ],
  },
)
export type NodeReport = Static<typeof NodeReport>

/** The response to a report: what the node is to do. */
export const Directive = shaped<shapes.Directive>()(
  Type.Object(
    {
      protocol: Protocol,
      state: NodeState,
      drop: Type.Array(Type.String(), { description: 'LiveKit rooms that are over: to be closed at once.' }),
      moved: Type.Array(Type.String(), {
        description:
          'LiveKit rooms that run elsewhere: their clients are to call rejoin, and the room is closed when they have left.',
      }),
      changed: Type.Array(Type.String(), {
        description: 'LiveKit rooms with another standby than before: their clients are to call rejoin.',
      }),
      restart: Type.Optional(
        Type.Boolean({
          description:
            'true: LiveKit is to be restarted once it is empty. Repeated until another process of it is seen.',
        }),
      ),
      wholeRooms: Type.Boolean({
        description: 'The next report must carry all rooms: what `since` refers to is not known here.',
      }),
      offlineGrant: Type.Optional(
        Type.String({
          description:
            'A signed JWT that expires: what the agent may do for people at its site while it is offline. The agent keeps it and presents it afterwards.',
        }),
      ),
      reportEveryMs: Type.Integer(),
    },
    { title: 'Directive' },
  ),
)
export type Directive = shapes.Directive

/** Meetings that were started on a node while it was offline. */
export const OfflineRooms = shaped<shapes.OfflineRooms>()(
  Type.Object(
    {
      grant: Type.String({
        maxLength: OFFLINE_GRANT_MAX_LENGTH,
        description: 'Directive.offlineGrant under which they were started.',
      }),
      rooms: Type.Array(
        Type.Object(
          {
            roomId: Type.String({ pattern: '^(?:[0-9a-z]{16}|[0-9a-z]{18})$' }),
            title: Type.String({ maxLength: ROOM_TITLE_MAX_LENGTH }),
            hostKeyHash: Type.String({ pattern: '^[0-9a-f]{64}$' }),
            expiresInSec: Type.Integer({ minimum: 1, maximum: ROOM_TTL_MAX_SEC }),
          },
          { additionalProperties: false },
        ),
        { maxItems: OFFLINE_ROOMS_BATCH },
      ),
    },
    {
      additionalProperties: false,
      title: 'OfflineRooms',
      examples: [
        {
          grant: 'eyJhbGciOi…',
          rooms: [
            { roomId: '0123456789abcdef', title: 'Monday', hostKeyHash: '0'.repeat(64), expiresInSec: 3_600 },
          ],
        },
      ],
    },
  ),
)
export type OfflineRooms = shapes.OfflineRooms
