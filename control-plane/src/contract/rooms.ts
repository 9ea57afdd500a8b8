import { Type, type Static } from 'typebox'
import {
  DISPLAY_NAME_MAX_LENGTH,
  EXPECTED_PARTICIPANTS_RANGE,
  HOST_KEY_MAX_LENGTH,
  REJOIN_TICKET_MAX_LENGTH,
  ROOM_TITLE_MAX_LENGTH,
  ROOM_TTL_MAX_SEC,
} from '../protocol/limits.ts'
import { ROLES, STANDBY_LEVELS } from '../protocol/shapes/rooms.ts'
import type * as shapes from '../protocol/shapes/rooms.ts'
import { shaped } from './shape.ts'
import { SiteId } from './sites.ts'

/** Room code in the path: 14 Crockford base32 letters in groups, any case, with or without dashes (70 random bits). */
export const RoomParams = Type.Object({
  room: Type.String({
    minLength: 1,
    maxLength: 64,
    description: 'Room code from the join link, any case, dashes optional.',
  }),
})

const TENANT = { pattern: '^[A-Za-z0-9._-]{1,64}$', description: 'Name of an organisation, 1–64.' }
export const TenantParams = Type.Object({ tenant: Type.String(TENANT) })

const StandbyLevel = Type.Enum(STANDBY_LEVELS, {
  description:
    'A second node for the meeting, so that the loss of the first is hardly noticed. off: none; warm: participants are connected to it and send nothing there; sound: they send their sound there all the time. Only with the operator key. Absent: the level of the tenant, or else of the installation.',
})

export const SetStandby = Type.Object(
  { level: StandbyLevel },
  { additionalProperties: false, title: 'SetStandby', examples: [{ level: 'warm' }] },
)

export const TenantStandby = Type.Object(
  {
    level: Type.Union([StandbyLevel, Type.Null()], {
      description: 'null: no level is set for this tenant, so the level of the installation applies.',
    }),
  },
  { title: 'TenantStandby' },
)

export const CreateRoom = shaped<shapes.CreateRoom>()(
  Type.Object(
    {
      title: Type.Optional(
        Type.String({ maxLength: ROOM_TITLE_MAX_LENGTH, description: 'Shown on the join page.' }),
      ),
      expectedParticipants: Type.Optional(
        Type.Integer({
          minimum: EXPECTED_PARTICIPANTS_RANGE.min,
          maximum: EXPECTED_PARTICIPANTS_RANGE.max,
          description:
            'How many people will come. With the operator key, capacity is reserved for them when the first one joins; without it, no more than for an ordinary meeting. Absent: the size of past meetings of this link or tenant.',
        }),
      ),
      site: Type.Optional(SiteId),
      tenant: Type.Optional(
        Type.String({
          ...TENANT,
          description:
            'The organisation that the meeting belongs to. Only with the operator key: the expected size depends on it.',
        }),
      ),
      standby: Type.Optional(StandbyLevel),
      startsAt: Type.Optional(
        Type.String({
          format: 'date-time',
          description:
            'When the meeting starts. With the operator key, what is reserved for early joiners is kept until 5 minutes after.',
        }),
      ),
      expiresInSec: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: ROOM_TTL_MAX_SEC,
          description:
            'Life of the link; people who are in the meeting at its end may stay. Absent: 30 days after its last use.',
        }),
      ),
    },
    {
      additionalProperties: false,
      title: 'CreateRoom',
      examples: [{ title: 'Monday', expectedParticipants: 12, startsAt: '2026-12-07T09:00:00Z' }],
    },
  ),
)
export type CreateRoom = shapes.CreateRoom

export const CreatedRoom = Type.Object(
  {
    room: Type.String({ description: 'Room code.' }),
    title: Type.String(),
    joinUrl: Type.String({ description: 'For everyone.' }),
    hostUrl: Type.String({ description: 'For hosts only: carries the host key in its fragment.' }),
    hostKey: Type.String(),
    expiresAt: Type.String({ format: 'date-time' }),
  },
  { title: 'CreatedRoom' },
)
export type CreatedRoom = Static<typeof CreatedRoom>

const ProbedSite = shaped<shapes.ProbedSite>()(Type.Object({ site: Type.String(), probeUrl: Type.String() }))

export const RoomView = Type.Object(
  {
    room: Type.String(),
    title: Type.String(),
    expiresAt: Type.String({ format: 'date-time' }),
    sites: Type.Array(ProbedSite, {
      description:
        'Sites that are worth a round-trip measurement, likeliest first: any HTTP response from probeUrl counts.',
    }),
  },
  { title: 'Room' },
)
export type RoomView = Static<typeof RoomView>

export const JoinRoom = shaped<shapes.JoinRoom>()(
  Type.Object(
    {
      name: Type.String({ minLength: 1, maxLength: DISPLAY_NAME_MAX_LENGTH, description: 'Display name.' }),
      hostKey: Type.Optional(Type.String({ minLength: 1, maxLength: HOST_KEY_MAX_LENGTH })),
      site: Type.Optional(SiteId),
    },
    {
      additionalProperties: false,
      title: 'JoinRoom',
      examples: [{ name: 'Ann' }],
      description: '`site`: the nearest by the client’s own measurement; wins over the guess by address.',
    },
  ),
)
export type JoinRoom = shapes.JoinRoom

export const RejoinRoom = shaped<shapes.RejoinRoom>()(
  Type.Object(
    {
      ticket: Type.String({
        minLength: 1,
        maxLength: REJOIN_TICKET_MAX_LENGTH,
        description: 'rejoinTicket of the last response.',
      }),
      lost: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: 2 ** 40,
          description:
            'Epoch whose connection broke. The control plane probes the node before it moves the meeting. The response has a higher epoch if the node is gone, else the same.',
        }),
      ),
    },
    { additionalProperties: false, title: 'RejoinRoom', examples: [{ ticket: 'eyJhbGciOi…', lost: 1 }] },
  ),
)
export type RejoinRoom = shapes.RejoinRoom

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
export const NodeAccess = shaped<shapes.NodeAccess>()(Type.Object(ACCESS, { title: 'NodeAccess' }))
export type NodeAccess = shapes.NodeAccess

export const JoinAnswer = shaped<shapes.JoinAnswer>()(
  Type.Object(
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
            'A second node to connect to beforehand, under an epoch of its own. It becomes the node of the room when the first is gone.',
        },
      ),
      nearestSite: Type.Union([Type.String(), Type.Null()], {
        description: 'The site nearest to this person, measured or guessed by address; null: not known.',
      }),
      identity: Type.String(),
      name: Type.String(),
      role: Type.Enum(ROLES),
      title: Type.String(),
      rejoinTicket: Type.String({ description: 'Keeps this identity over a reconnect; 12 h.' }),
    },
    { title: 'JoinAnswer' },
  ),
)
export type JoinAnswer = shapes.JoinAnswer
