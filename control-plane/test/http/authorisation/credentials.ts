/** Every credential that there is, real and forged, as the headers of a request. */
import { createHmac, hkdfSync } from 'node:crypto'
import type { ControlPlaneStack } from '../../../../deploy/stack/control-plane-stack.ts'
import type { CreatedRoom, JoinAnswer } from '../../../src/contract/index.ts'
import { offlineTicket } from '../../../src/protocol/tickets.ts'
import { parseRoomCode } from '../../../src/protocol/room-names.ts'
import { roomIdOf } from '../../../src/protocol/room-id.ts'
import { type Agent, call, createRoom, join, servingAgent } from '../../support/client.ts'

export const CREDENTIALS = [
  'none',
  'garbage',
  'guest token',
  'guest ticket',
  'host token',
  'host ticket',
  'host key',
  'host key of another room',
  'operator key',
  'operator session',
  'closed session',
  'forged session',
  'enrolment key',
  'metrics key',
  'node',
  'another node',
  'node secret without seal',
  'LiveKit secret',
  'offline ticket of another node',
] as const
export type Credential = (typeof CREDENTIALS)[number]

export type Scene = {
  room: CreatedRoom
  node: Agent
  headers: Record<Credential, Record<string, string>>
}

const bearer = (value: string) => ({ authorization: `Bearer ${value}` })

/** Two nodes, a room with a host and a guest, and an operator. */
export async function openScene(stack: ControlPlaneStack): Promise<Scene> {
  const node = await servingAgent(stack.url, stack.enrolmentKey, { node: 'mine' })
  const other = await servingAgent(stack.url, stack.enrolmentKey, { node: 'theirs' })
  const [room, otherRoom] = [await createRoom(stack.url), await createRoom(stack.url)]
  const guest: JoinAnswer = (await join(stack.url, room.room, { name: 'Gina' })).body
  const host: JoinAnswer = (await join(stack.url, room.room, { name: 'Hanna', hostKey: room.hostKey })).body
  const session = await signIn(stack)
  const closed = await signIn(stack)
  await call(`${stack.url}/v1/operator/session`, 'DELETE', { headers: closed })
  return {
    room,
    node,
    headers: {
      none: {},
      garbage: bearer('garbage'),
      'guest token': bearer(guest.participantToken),
      'guest ticket': bearer(guest.rejoinTicket),
      'host token': bearer(host.participantToken),
      'host ticket': bearer(host.rejoinTicket),
      'host key': bearer(room.hostKey),
      'host key of another room': bearer(otherRoom.hostKey),
      'operator key': bearer(stack.operatorKey),
      'operator session': session,
      'closed session': closed,
      'forged session': { cookie: forgedCookie(session['cookie'] ?? '') },
      'enrolment key': bearer(stack.enrolmentKey),
      'metrics key': bearer(stack.metricsKey),
      node: bearer(node.credential()),
      'another node': bearer(other.credential()),
      'node secret without seal': bearer(node.secret),
      'LiveKit secret': bearer(node.enrolment.apiSecret),
      'offline ticket of another node': bearer(ticketOf(other, room)),
    },
  }
}

async function signIn(stack: ControlPlaneStack): Promise<Record<string, string>> {
  const answer = await call(`${stack.url}/v1/operator/session`, 'POST', { body: { key: stack.operatorKey } })
  return { cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '' }
}

/** The same claims under another signature. */
function forgedCookie(cookie: string): string {
  const [head = '', payload = ''] = cookie.split('.')
  const text = `${head.split('=')[1]}.${payload}`
  return `${head}.${payload}.${createHmac('sha256', 'x'.repeat(32)).update(text).digest('base64url')}`
}

/** A ticket of the control plane for this room that has expired: only whoever has the master key can sign one. */
export function expiredTicket({ secrets }: ControlPlaneStack, { room }: CreatedRoom): string {
  const code = parseRoomCode(room)
  if (!code) throw new Error('the room has no code')
  const master = Buffer.from(secrets.masterKey, 'base64url')
  const key = Buffer.from(hkdfSync('sha256', master, '', 'levee:rejoin-ticket', 32))
  const [iat, exp] = [Math.floor(Date.now() / 1000) - 50_000, Math.floor(Date.now() / 1000) - 5]
  const claims = { roomId: roomIdOf(code), identity: 'late', name: 'Late', role: 'host', iat, exp }
  const text = [{ alg: 'HS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`
}

/** What the administrator of a stolen node can make: a ticket of a host of this room. */
function ticketOf({ node, enrolment }: Agent, { room }: CreatedRoom): string {
  const code = parseRoomCode(room)
  if (!code) throw new Error('the room has no code')
  const ticket = { roomId: roomIdOf(code), identity: 'eve', name: 'Eve', role: 'host' } as const
  return offlineTicket(node, ticket, Date.now() + 3_600_000, enrolment.apiSecret)
}
