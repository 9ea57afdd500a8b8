// What a node’s LiveKit says itself about its rooms: neither the control plane nor the agent is asked.
import { createHmac } from 'node:crypto'
import type { EdgeNode } from '../../../deploy/stack/stack.ts'

export interface LivekitRoom {
  /** {roomId}~{epoch} */
  name: string
  participants: number
  publishers: number
}

/** The same under every epoch. */
export const meetingOf = (roomName: string): string => roomName.split('~')[0] ?? ''

type Key = EdgeNode['key']

/** HS256, as LiveKit wants it. */
export function signToken({ apiKey, apiSecret }: Key, claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const exp = Math.floor(Date.now() / 1000) + 600
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ iss: apiKey, exp, ...claims })}`
  return `${signed}.${createHmac('sha256', apiSecret).update(signed).digest('base64url')}`
}

/** The room of a meeting on this node, under whatever epoch. `roomName`: under any other. */
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

/** Identities of who is in this room, also while their media is still on its way. */
export async function listPeople(node: Pick<EdgeNode, 'url' | 'key'>, room: string): Promise<string[]> {
  return (await listParticipants(node, room)).map(({ identity }) => identity)
}

/** How many tracks the people in this room have told each other of; a track is told of when its first packet came. */
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
