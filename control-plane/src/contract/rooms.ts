import { Type, type Static } from 'typebox'
import { SiteId } from './sites.ts'

/** Room code in the path: 14 Crockford base32 letters in groups, any case, with or without dashes (70 random bits). */
export const RoomParams = Type.Object({
  room: Type.String({
    minLength: 1,
    maxLength: 64,
    description: 'Room code from the join link, any case, dashes optional.',
  }),
})

const TENANT = { pattern: '^[A-Za-z0-9._-]{1,64}$' }
export const TenantParams = Type.Object({ tenant: Type.String(TENANT) })

const StandbyLevel = Type.Enum(['off', 'warm', 'sound'], {
  description:
    'A second node for the meeting, so that the loss of the first is hardly noticed. off: none; warm: people are joined there and send nothing; sound: they send their sound there all the time. Only with the operator key; absent: as its tenant has it, else the installation.',
})

export const SetStandby = Type.Object(
  { level: StandbyLevel },
  { additionalProperties: false, title: 'SetStandby' },
)

export const TenantStandby = Type.Object(
  {
    level: Type.Union([StandbyLevel, Type.Null()], {
      description: 'null: nobody has said anything, so it is as the installation has it.',
    }),
  },
  { title: 'TenantStandby' },
)

export const CreateRoom = Type.Object(
  {
    title: Type.Optional(Type.String({ maxLength: 120, description: 'Shown to people on the join page.' })),
    expectedParticipants: Type.Optional(
      Type.Integer({
        minimum: 2,
        maximum: 1000,
        description:
          'How many people will come. Capacity is reserved for them when the first one joins. Absent: what the past meetings of this link or tenant came to.',
      }),
    ),
    site: Type.Optional(SiteId),
    tenant: Type.Optional(
      Type.String({
        ...TENANT,
        description:
          'The organisation that it belongs to. Only with the operator key: it decides what is expected.',
      }),
    ),
    standby: Type.Optional(StandbyLevel),
    startsAt: Type.Optional(
      Type.String({
        format: 'date-time',
        description: 'When it is to start: what is reserved for early comers is kept until 5 minutes after.',
      }),
    ),
    expiresInSec: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 31_536_000, description: 'Life of the link. Default 30 days.' }),
    ),
  },
  { additionalProperties: false, title: 'CreateRoom' },
)
export type CreateRoom = Static<typeof CreateRoom>

export const CreatedRoom = Type.Object(
  {
    room: Type.String({ description: 'Room code.' }),
    title: Type.String(),
    joinUrl: Type.String({ description: 'For everybody.' }),
    hostUrl: Type.String({ description: 'For hosts only: carries the host key in its fragment.' }),
    hostKey: Type.String(),
    expiresAt: Type.String({ format: 'date-time' }),
  },
  { title: 'CreatedRoom' },
)
export type CreatedRoom = Static<typeof CreatedRoom>

export const RoomView = Type.Object(
  {
    room: Type.String(),
    title: Type.String(),
    expiresAt: Type.String({ format: 'date-time' }),
    sites: Type.Array(Type.Object({ site: Type.String(), probeUrl: Type.String() }), {
      description:
        'Sites that are worth a round-trip measurement, likeliest first: any HTTP answer from probeUrl counts.',
    }),
  },
  { title: 'Room' },
)
export type RoomView = Static<typeof RoomView>

export const JoinRoom = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 64, description: 'Display name.' }),
    hostKey: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    site: Type.Optional(SiteId),
  },
  {
    additionalProperties: false,
    title: 'JoinRoom',
    description: '`site`: the nearest by the client’s own measurement; wins over the guess by address.',
  },
)
export type JoinRoom = Static<typeof JoinRoom>

export const RejoinRoom = Type.Object(
  {
    ticket: Type.String({ minLength: 1, maxLength: 2048, description: 'rejoinTicket of the last answer.' }),
    lost: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 2 ** 40,
        description:
          'Epoch whose connection broke. Nobody’s word alone moves a meeting: the node is looked at. The answer has a higher epoch if it is gone, else the same.',
      }),
    ),
  },
  { additionalProperties: false, title: 'RejoinRoom' },
)
export type RejoinRoom = Static<typeof RejoinRoom>

/** Access to a meeting on one node: the node, the room's name there, and the token for it. */
const ACCESS = {
  serverUrl: Type.String({ description: 'WebSocket URL of the edge node.' }),
  participantToken: Type.String({
    description: 'LiveKit token: one room, one identity, one node, ≤ 2 min.',
  }),
  roomName: Type.String({ description: 'LiveKit room name, {roomId}~{epoch}.' }),
  node: Type.String(),
  site: Type.String(),
  epoch: Type.Integer({ minimum: 1 }),
}
export const NodeAccess = Type.Object(ACCESS, { title: 'NodeAccess' })
export type NodeAccess = Static<typeof NodeAccess>

export const JoinAnswer = Type.Object(
  {
    ...ACCESS,
    standby: Type.Union(
      [
        Type.Null(),
        Type.Object({
          ...ACCESS,
          sound: Type.Boolean({ description: 'true: send sound there all the time; false: nothing yet.' }),
        }),
      ],
      {
        description:
          'A second node where people are joined beforehand, under an epoch of its own; it becomes the room’s when the first is gone.',
      },
    ),
    nearestSite: Type.Union([Type.String(), Type.Null()], {
      description: 'The site nearest to this person, measured or guessed by address; null: not known.',
    }),
    identity: Type.String(),
    name: Type.String(),
    role: Type.Enum(['host', 'guest']),
    title: Type.String(),
    rejoinTicket: Type.String({ description: 'Keeps this identity over a reconnect; 12 h.' }),
  },
  { title: 'JoinAnswer' },
)
export type JoinAnswer = Static<typeof JoinAnswer>
