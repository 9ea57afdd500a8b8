// Enrolment keys and what is enrolled with them, and a node that an operator puts out for good.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startControlPlanes, type ControlPlaneStack } from '../../../deploy/stack/control-plane-stack.ts'
import type { FleetView, JoinAnswer, Problem } from '../../src/contract/index.ts'
import { REJOIN_TICKET_TTL_SEC } from '../../src/protocol/limits.ts'
import { roomIdOf } from '../../src/protocol/room-id.ts'
import { parseRoomCode } from '../../src/protocol/room-names.ts'
import { offlineTicket } from '../../src/protocol/tickets.ts'
import { agentFor, assertProblem, call, createRoom, join, servingAgent } from '../support/client.ts'

const NEXT_KEY = 'next-key-9f8e7d6c5b4a3f2e1d0c'
const BRANCH_KEY = 'branch-key-1a2b3c4d5e6f7a8b9c'
let stack: ControlPlaneStack
before(async () => {
  stack = await startControlPlanes({
    logLevel: 'warn',
    controlPlaneEnv: { LEVEE_ENROLMENT_KEYS: `${NEXT_KEY},branch=${BRANCH_KEY}` },
  })
})
after(() => stack.stop())

const asOperator = <T = Problem>(method: string, path: string, body?: object) =>
  call<T>(`${stack.url}/v1${path}`, method, { bearer: stack.operatorKey, ...(body && { body }) })
const removed = async () =>
  (await asOperator<{ node: string }[]>('GET', '/removed-nodes')).body.map(({ node }) => node)

test('two enrolment keys are valid at a time, and one of a site enrols nodes there only', async () => {
  const enrol = (key: string, node: string, site: string) => agentFor(stack.url, key, { node, site }).enrol()
  assert.equal((await enrol(stack.enrolmentKey, 'old-key', 'hq')).status, 200)
  assert.equal((await enrol(NEXT_KEY, 'next-key', 'hq')).status, 200)
  assert.equal((await enrol(BRANCH_KEY, 'site-key', 'branch')).status, 200)
  assertProblem(await enrol(BRANCH_KEY, 'other-site', 'hq'), 401, 'enrolment_refused')
  assertProblem(await enrol(`branch=${BRANCH_KEY}`, 'other-site', 'branch'), 401, 'enrolment_refused')
})

test('keys and versions with line breaks, and addresses that are none, are refused', async () => {
  const { enrolment } = agentFor(stack.url, stack.enrolmentKey, { node: 'odd' })
  const enrol = (change: object) =>
    call(`${stack.url}/v1/nodes/enrol`, 'POST', {
      body: { ...enrolment, ...change },
      bearer: stack.enrolmentKey,
    })
  const secret = 'x'.repeat(32)
  const bad = [
    { apiKey: 'key\nv1.sealed' },
    { apiKey: 'key with blanks' },
    { apiSecret: `${secret}\n` },
    { apiSecret: `${secret}\u0000` },
    { agentVersion: '1\n2' },
    { agentVersion: '1\u2028' },
  ]
  for (const change of bad) assertProblem(await enrol(change), 400, 'invalid_request')
  for (const url of ['ws://169.254.169.254', 'ws://0xA9FEA9FE', 'ws://[fe80::1]:7880', 'ws://a..%'])
    assertProblem(await enrol({ url }), 422, 'node_url_refused')
  assert.equal((await enrol({})).status, 200)
})

test('a removed node is out: its secret, grants, tickets and rooms; its id waits for an operator', async () => {
  const settings = { ranges: [], fallback: [], boundary: 'soft', spare: 'none', offline: 'start' }
  const thief = await servingAgent(stack.url, stack.enrolmentKey, { node: 'stolen', site: 'office' })
  assert.equal((await asOperator('PUT', '/sites/office', settings)).status, 204)
  const { room } = await createRoom(stack.url, { site: 'office' })
  const joined = (await join(stack.url, room)).body
  assert.equal(joined.node, 'stolen')
  const carried = { name: joined.roomName, participants: 2, tracks: 8 }
  const { offlineGrant = '' } = (await thief.report({ livekit: { up: true, rooms: [carried] } })).body
  assert.notEqual(offlineGrant, '')
  const ticket = offlineTicket(
    'stolen',
    { roomId: roomIdOf(parseRoomCode(room)!), identity: 'mallory', name: 'Mallory', role: 'guest' },
    Date.now() + REJOIN_TICKET_TTL_SEC * 1_000,
    thief.enrolment.apiSecret,
  )
  const rejoin = (text: string) =>
    call<JoinAnswer & Problem>(`${stack.url}/v1/rooms/${room}/rejoin`, 'POST', { body: { ticket: text } })
  assert.equal((await rejoin(ticket)).status, 200)
  const heir = await servingAgent(stack.url, stack.enrolmentKey, { node: 'heir', site: 'office' })

  assertProblem(await asOperator('DELETE', '/nodes/nobody'), 404, 'node_not_found')
  assert.equal((await asOperator('DELETE', '/nodes/stolen')).status, 204)
  assert.deepEqual(await removed(), ['stolen'])
  // An honest agent sends its participants away; nothing else of its reports counts.
  const last = await thief.report({ livekit: { up: true, rooms: [carried] } })
  assert.deepEqual(last.body.moved, [joined.roomName])
  assertProblem(await thief.report(), 401, 'node_unauthorized')
  assertProblem(await thief.enrol(), 403, 'node_removed')
  const other = agentFor(stack.url, stack.enrolmentKey, { node: 'stolen', site: 'elsewhere' })
  assertProblem(await other.enrol(), 403, 'node_removed')
  assertProblem(await rejoin(ticket), 403, 'rejoin_refused')
  const rooms = [{ roomId: '0123456789abcdef', title: '', hostKeyHash: 'a'.repeat(64), expiresInSec: 60 }]
  const adopt = await call(`${stack.url}/v1/nodes/stolen/offline-rooms`, 'POST', {
    body: { grant: offlineGrant, rooms },
    bearer: thief.credential(),
  })
  assertProblem(adopt, 401, 'node_unauthorized')
  const moved = (await rejoin(joined.rejoinTicket)).body
  assert.deepEqual([moved.node, moved.epoch], [heir.node, joined.epoch + 1])
  const { nodes } = (await asOperator<FleetView>('GET', '/fleet')).body
  assert.ok(!nodes.some(({ node }) => node === 'stolen'))

  assertProblem(await asOperator('DELETE', '/removed-nodes/nobody'), 404, 'node_not_found')
  assert.equal((await asOperator('DELETE', '/removed-nodes/stolen')).status, 204)
  assert.deepEqual(await removed(), [])
  assert.equal((await other.enrol()).status, 200)
})
