// The rooms of a node, read from its LiveKit directly, without the control plane or the agent.
import { createHmac } from 'node:crypto'
import type { EdgeNode } from '@levee/deploy/stack'

export interface LivekitRoom {
  /** {roomId}~{epoch} */
  name: string
  participants: number
  publishers: number
}

/** The part of a room name that is the same in every epoch. */
export const meetingOf = (roomName: string): string => roomName.split('~')[0] ?? ''

type Key = EdgeNode['key']

/** A JWT with HS256, as LiveKit expects it. */
export function signToken({ apiKey, apiSecret }: Key, claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const exp = Math.floor(Date.now() / 1000) + 600
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ iss: apiKey, exp, ...claims })}`
  return `${signed}.${createHmac('sha256', apiSecret).update(signed).digest('base64url')}`
}

/** The room of a meeting on this node in any epoch. `roomName`: its name in any epoch. */
export async function roomOn(
  node: Pick<EdgeNode, 'url' | 'key'>,
  roomName: string,
): Promise<LivekitRoom | undefined> {
  const meeting = meetingOf(roomName)
  return (await listRooms(node)).find(({ name }) => meetingOf(name) === meeting)
}

export async function listRooms(node: Pick<EdgeNode, 'url' | 'key'>): Promise<LivekitRoom[]> {
  const { rooms = [] } = await askRoomService<{
    rooms?: { name: string; num_participants?: number; num_publishers?: number }[]
  }>(node, 'ListRooms', { roomList: true }, {})
  return rooms.map((room) => ({
    name: room.name,
    participants: room.num_participants ?? 0,
    publishers: room.num_publishers ?? 0,
  }))
}

/** Identities of the participants of this room, including those without media yet. */
export async function listIdentities(node: Pick<EdgeNode, 'url' | 'key'>, room: string): Promise<string[]> {
  return (await listParticipants(node, room)).map(({ identity }) => identity)
}

/** Published tracks in this room. LiveKit announces a track with its first packet. */
export async function countTracks(node: Pick<EdgeNode, 'url' | 'key'>, room: string): Promise<number> {
  return (await listParticipants(node, room)).reduce((sum, { tracks = [] }) => sum + tracks.length, 0)
}

async function listParticipants(node: Pick<EdgeNode, 'url' | 'key'>, room: string) {
  const { participants = [] } = await askRoomService<{
    participants?: { identity: string; tracks?: object[] }[]
  }>(node, 'ListParticipants', { roomAdmin: true, room }, { room })
  return participants
}

async function askRoomService<Answer>(
  { url, key }: Pick<EdgeNode, 'url' | 'key'>,
  method: string,
  video: object,
  body: object,
): Promise<Answer> {
  const reply = await fetch(`${url.replace(/^ws/, 'http')}/twirp/livekit.RoomService/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${signToken(key, { video })}` },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(1_000),
  })
  if (!reply.ok) throw new Error(`${method} answered ${reply.status}`)
  return (await reply.json()) as Answer
}
