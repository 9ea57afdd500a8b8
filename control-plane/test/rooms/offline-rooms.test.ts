// A branch that was offline comes back: what its agent was allowed to do is valid, and both sides agree where rooms run.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startControlPlanes } from '../../../deploy/stack/control-plane-stack.ts'
import type { ControlPlaneStack } from '../../../deploy/stack/control-plane-stack.ts'
import type { Directive, JoinAnswer, Problem, RoomView, SiteView } from '../../src/contract/index.ts'
import { OFFLINE_EPOCHS } from '../../src/protocol/epochs.ts'
import { offlineTicket, readSealedTicket } from '../../src/protocol/tickets.ts'
import { roomIdOf } from '../../src/protocol/room-id.ts'
import { parseRoomCode, roomCodeFrom, formatRoomCode, type Shard } from '../../src/protocol/room-names.ts'
import { OFFLINE_GRANT_RENEW_SEC, REJOIN_TICKET_TTL_SEC } from '../../src/protocol/limits.ts'
import { assertProblem, call, createRoom, join, servingAgent, type Agent } from '../support/client.ts'

let stack: ControlPlaneStack
let agent: Agent
let other: Agent
let grant: string
before(async () => {
  stack = await startControlPlanes({ replicas: 2, logLevel: 'warn' })
  agent = await servingAgent(stack.url, stack.enrolmentKey, { node: 'branch-1', site: 'branch' })
  other = await servingAgent(stack.url, stack.enrolmentKey, { node: 'hq-1', site: 'hq' })
})
after(() => stack.stop())

const settings = { ranges: [], fallback: [], boundary: 'soft', spare: 'none' }
const setSite = (offline?: string) =>
  call(`${stack.url}/v1/sites/branch`, 'PUT', {
    body: { ...settings, ...(offline && { offline }) },
    bearer: stack.operatorKey,
  })
const reportRoom = (room: { name: string; participants: number; tracks: number }) =>
  agent.report({ livekit: { up: true, rooms: [room] } })
const announce = (body: object, from = agent) =>
  call(`${stack.url}/v1/nodes/${from.node}/offline-rooms`, 'POST', { body, bearer: from.credential() })
const rejoin = (room: string, ticket: string) =>
  call<JoinAnswer & Problem>(`${stack.url}/v1/rooms/${room}/rejoin`, 'POST', { body: { ticket } })
const offlineEpoch = () => OFFLINE_EPOCHS + Math.floor(Date.now() / 1000)

test('a grant comes with a report while an operator allows it, and is renewed at half its life', async () => {
  assert.equal((await agent.report()).body.offlineGrant, undefined)
  assertProblem(await setSite('always'), 400, 'invalid_request')
  assert.equal((await setSite('start')).status, 204)
  const sites = (await call<SiteView[]>(`${stack.url}/v1/sites`, 'GET', { bearer: stack.operatorKey })).body
  assert.equal(sites.find(({ site }) => site === 'branch')?.settings.offline, 'start')
  const directive: Directive = (await agent.report()).body
  assert.ok(directive.offlineGrant)
  grant = directive.offlineGrant
  const claims = JSON.parse(Buffer.from(grant.split('.')[1] ?? '', 'base64url').toString()) as object
  assert.deepEqual(
    { ...claims, iat: 0, exp: 0 },
    { node: 'branch-1', site: 'branch', shard: '', may: 'start', iat: 0, exp: 0 },
  )
  assert.equal(
    (await agent.report({ offlineGrantSec: OFFLINE_GRANT_RENEW_SEC + 60 })).body.offlineGrant,
    undefined,
  )
  assert.ok((await agent.report({ offlineGrantSec: OFFLINE_GRANT_RENEW_SEC - 60 })).body.offlineGrant)
})

test('a meeting that was started offline: its link works everywhere, its participants come back with their tickets', async () => {
  const code = roomCodeFrom(crypto.getRandomValues(new Uint8Array(9)), '' as Shard)
  const [room, roomId] = [formatRoomCode(code), roomIdOf(code)]
  const epoch = offlineEpoch()
  const carried = { name: `${roomId}~${epoch}`, participants: 2, tracks: 8 }
  // Either request may arrive first.
  assert.deepEqual((await reportRoom(carried)).body.moved, [])
  const fresh = { roomId, title: 'Cut off', hostKeyHash: 'a'.repeat(64), expiresInSec: 3_600 }
  assert.equal((await announce({ grant, rooms: [fresh] })).status, 204)
  const joined = (await join(stack.url, room)).body
  assert.deepEqual([joined.node, joined.epoch, joined.title], ['branch-1', epoch, 'Cut off'])
  const view = await call<RoomView>(`${stack.url}/v1/rooms/${room}`, 'GET')
  assert.equal(view.body.title, 'Cut off')

  const bea = { roomId, identity: 'bea', name: 'Bea', role: 'host' } as const
  const ends = Date.now() + REJOIN_TICKET_TTL_SEC * 1_000
  const ticket = offlineTicket('branch-1', bea, ends, agent.enrolment.apiSecret)
  const back = (await rejoin(room, ticket)).body
  assert.deepEqual([back.identity, back.role, back.epoch], ['bea', 'host', epoch])
  const forged = offlineTicket('branch-1', bea, ends, 'another secret')
  const late = offlineTicket('branch-1', bea, Date.now() - 1_000, agent.enrolment.apiSecret)
  const stranger = offlineTicket('nobody', bea, ends, agent.enrolment.apiSecret)
  for (const bad of [forged, late, stranger, `${ticket}x`])
    assertProblem(await rejoin(room, bad), 403, 'rejoin_refused')

  // Announced twice, or by an attacker who wants the host's rights: the first record stays.
  assert.equal((await announce({ grant, rooms: [{ ...fresh, title: 'Taken over' }] })).status, 204)
  assert.equal((await call<RoomView>(`${stack.url}/v1/rooms/${room}`, 'GET')).body.title, 'Cut off')
})

test('a meeting that ran on both sides: the participants in the branch are called to the others', async () => {
  const { room } = await createRoom(stack.url, { site: 'hq' })
  const there = (await join(stack.url, room)).body
  assert.equal(there.node, 'hq-1')
  const code = parseRoomCode(room)
  assert.ok(code)
  const carried = { name: `${roomIdOf(code)}~${offlineEpoch()}`, participants: 3, tracks: 18 }
  assert.deepEqual((await reportRoom(carried)).body.moved, [carried.name])
  const joined = (await join(stack.url, room)).body
  assert.deepEqual([joined.node, joined.epoch], ['hq-1', there.epoch])
})

test('meetings cannot be announced without a grant for it', async () => {
  const roomId = '0123456789abcdef'
  const rooms = [{ roomId, title: '', hostKeyHash: 'b'.repeat(64), expiresInSec: 60 }]
  assertProblem(await announce({ grant: 'x', rooms }), 403, 'offline_grant_refused')
  assertProblem(await announce({ grant: `${grant}x`, rooms }), 403, 'offline_grant_refused')
  assertProblem(await announce({ grant, rooms }, other), 403, 'offline_grant_refused')
  // Whoever has copied the grant has not copied the node's secret.
  const path = `${stack.url}/v1/nodes/branch-1/offline-rooms`
  for (const bearer of ['', 'wrong', agent.secret, other.credential()])
    assertProblem(await call(path, 'POST', { body: { grant, rooms }, bearer }), 401, 'node_unauthorized')
  await setSite('join')
  const joinOnly = (await agent.report()).body.offlineGrant
  assert.ok(joinOnly)
  assertProblem(await announce({ grant: joinOnly, rooms }), 403, 'offline_grant_refused')
  await setSite()
  assert.equal((await agent.report()).body.offlineGrant, undefined)
})

test('a ticket of the control plane carries the seal of the node it is for', async () => {
  const { room } = await createRoom(stack.url, { site: 'branch' })
  const { rejoinTicket, identity } = (await join(stack.url, room)).body
  const read = readSealedTicket(rejoinTicket, agent.enrolment.apiSecret, Date.now())
  assert.equal(read?.identity, identity)
  assert.equal(readSealedTicket(rejoinTicket, 'another secret', Date.now()), null)
  assert.equal(readSealedTicket(rejoinTicket, agent.enrolment.apiSecret, Date.now() + 86_400_000), null)
  const [text = '', seal = ''] = rejoinTicket.split('~')
  const [head = '', , signature = ''] = text.split('.')
  const payload = Buffer.from(
    JSON.stringify({ roomId: 'x', identity: 'x', name: 'x', role: 'host', exp: 9e9 }),
  )
  const changed = `${head}.${payload.toString('base64url')}.${signature}~${seal}`
  assert.equal(readSealedTicket(changed, agent.enrolment.apiSecret, Date.now()), null)
  assert.equal((await rejoin(room, rejoinTicket)).status, 200)
})
