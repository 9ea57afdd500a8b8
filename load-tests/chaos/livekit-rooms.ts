// What a node’s LiveKit says itself about its rooms: neither the control plane nor the agent is asked.
import { createHmac } from 'node:crypto'
import type { EdgeNode } from '../../deploy/local/stack.ts'

export interface LivekitRoom {
  /** {roomId}~{epoch} */
  name: string
  participants: number
  publishers: number
}

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
  const [room = ''] = roomName.split('~')
  return (await listRooms(node)).find(({ name }) => name.startsWith(`${room}~`))
}

export async function listRooms({ url, key }: Pick<EdgeNode, 'url' | 'key'>): Promise<LivekitRoom[]> {
  const reply = await fetch(`${url.replace(/^ws/, 'http')}/twirp/livekit.RoomService/ListRooms`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${signToken(key, { video: { roomList: true } })}`,
    },
    body: '{}',
    signal: AbortSignal.timeout(1_000),
  })
  if (!reply.ok) throw new Error(`ListRooms answered ${reply.status}`)
  const { rooms = [] } = (await reply.json()) as {
    rooms?: { name: string; num_participants?: number; num_publishers?: number }[]
  }
  return rooms.map((room) => ({
    name: room.name,
    participants: room.num_participants ?? 0,
    publishers: room.num_publishers ?? 0,
  }))
}
