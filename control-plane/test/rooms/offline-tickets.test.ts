// Tickets of offline agents: whoever has a node's LiveKit secret can write one. It counts only where authority was given.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startControlPlanes, type ControlPlaneStack } from '../../../deploy/stack/control-plane-stack.ts'
import type { JoinAnswer, Problem } from '../../src/contract/index.ts'
import { AGENT_CLOCK_MS, REJOIN_TICKET_TTL_SEC } from '../../src/protocol/limits.ts'
import { roomIdOf } from '../../src/protocol/room-id.ts'
import {
  formatRoomCode,
  parseRoomCode,
  roomCodeFrom,
  type RoomId,
  type Shard,
} from '../../src/protocol/room-names.ts'
import { offlineTicket, sealOf, type RejoinTicket } from '../../src/protocol/tickets.ts'
import { assertProblem, call, createRoom, join, servingAgent, type Agent } from '../support/client.ts'

let stack: ControlPlaneStack
let branch: Agent
let hq: Agent
/** A meeting at the head office. */
let room: string
before(async () => {
  stack = await startControlPlanes({ logLevel: 'warn' })
  hq = await servingAgent(stack.url, stack.enrolmentKey, { node: 'hq-1', site: 'hq' })
  ;({ room } = await createRoom(stack.url, { site: 'hq' }))
  await join(stack.url, room)
  branch = await servingAgent(stack.url, stack.enrolmentKey, { node: 'branch-1', site: 'branch' })
})
after(() => stack.stop())

const LIFE_MS = REJOIN_TICKET_TTL_SEC * 1_000
const idOf = (code: string): RoomId => roomIdOf(parseRoomCode(code)!)
const rejoin = (code: string, ticket: string) =>
  call<JoinAnswer & Problem>(`${stack.url}/v1/rooms/${code}/rejoin`, 'POST', { body: { ticket } })
const refused = async (code: string, ticket: string) =>
  assertProblem(await rejoin(code, ticket), 403, 'rejoin_refused')
const mallory = (code: string, change: Partial<RejoinTicket> = {}): RejoinTicket => ({
  roomId: idOf(code),
  identity: 'mallory',
  name: 'Mallory',
  role: 'host',
  ...change,
})
const forge = (by: Agent, ticket: RejoinTicket, expiresAtMs = Date.now() + LIFE_MS - 1_000) =>
  offlineTicket(by.node, ticket, expiresAtMs, by.enrolment.apiSecret)
const setOffline = (site: string, offline: string) =>
  call(`${stack.url}/v1/sites/${site}`, 'PUT', {
    body: { ranges: [], fallback: [], boundary: 'soft', spare: 'none', offline },
    bearer: stack.operatorKey,
  })
/** A meeting that the branch says it started while offline. */
async function startedOffline(grant: string): Promise<string> {
  const code = roomCodeFrom(crypto.getRandomValues(new Uint8Array(9)), '' as Shard)
  const rooms = [{ roomId: roomIdOf(code), title: '', hostKeyHash: 'a'.repeat(64), expiresInSec: 3_600 }]
  const answer = await call(`${stack.url}/v1/nodes/branch-1/offline-rooms`, 'POST', {
    body: { grant, rooms },
    bearer: branch.credential(),
  })
  assert.equal(answer.status, 204)
  return formatRoomCode(code)
}

test('no node without a grant gives tickets: neither one of another site nor the one that the meeting runs on', async () => {
  for (const by of [branch, hq])
    for (const role of ['host', 'guest'] as const) await refused(room, forge(by, mallory(room, { role })))
})

test('with a grant: no tickets for rooms that never ran there, and host only for rooms that were started there', async () => {
  await setOffline('branch', 'start')
  await setOffline('hq', 'join')
  const { offlineGrant = '' } = (await branch.report()).body
  await hq.report()
  await refused(room, forge(branch, mallory(room)))
  const back = await rejoin(room, forge(hq, mallory(room)))
  assert.deepEqual([back.status, back.body.role, back.body.identity], [200, 'guest', 'mallory'])
  const own = await startedOffline(offlineGrant)
  const host = await rejoin(own, forge(branch, mallory(own)))
  assert.deepEqual([host.status, host.body.role], [200, 'host'])
  // The ticket of one meeting opens no other one.
  await refused(own, forge(branch, mallory(room)))
})

test('where the meeting runs elsewhere, the node does not choose the identity: it would throw that participant out', async () => {
  const own = await startedOffline((await branch.report()).body.offlineGrant ?? '')
  const joined = (await join(stack.url, own)).body
  const victim = forge(branch, mallory(own, { identity: joined.identity }))
  const answer = (await rejoin(own, victim)).body
  if (answer.node === 'branch-1') assert.equal(answer.identity, joined.identity)
  else assert.notEqual(answer.identity, joined.identity)
  await call(`${stack.url}/v1/nodes/branch-1/drain`, 'POST', {
    body: { force: true },
    bearer: stack.operatorKey,
  })
  await branch.report({ livekit: { up: false, rooms: null } })
  const moved = (await rejoin(own, victim)).body
  assert.equal(moved.node, 'hq-1')
  assert.notEqual(moved.identity, joined.identity)
  await call(`${stack.url}/v1/nodes/branch-1/uncordon`, 'POST', { bearer: stack.operatorKey })
  await branch.report()
})

test('a ticket lives no longer than others, and was given within the grant', async () => {
  const own = await startedOffline((await branch.report()).body.offlineGrant ?? '')
  const at = (expiresAtMs: number) => forge(branch, mallory(own), expiresAtMs)
  assert.equal((await rejoin(own, at(Date.now() + LIFE_MS - 1_000))).status, 200)
  await refused(own, at(Date.now() + 365 * 86_400_000))
  await refused(own, at(Date.now() + LIFE_MS + AGENT_CLOCK_MS + 60_000))
  await refused(own, at(Date.now() - 1_000))
  // Before the node had its first grant.
  await refused(own, at(Date.now() + LIFE_MS - AGENT_CLOCK_MS - 3_600_000))
})

test('malformed tickets under a right seal are refused, never a fault', async () => {
  const own = await startedOffline((await branch.report()).body.offlineGrant ?? '')
  const { apiSecret } = branch.enrolment
  const sealed = (text: string) => `${text}~${sealOf(text, apiSecret)}`
  const payload = (claims: unknown) =>
    sealed(`offline.branch-1.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`)
  const good = { ...mallory(own), exp: Math.floor((Date.now() + LIFE_MS) / 1_000) - 1 }
  assert.equal((await rejoin(own, payload(good))).status, 200)
  const bad: unknown[] = [
    null,
    7,
    [],
    'x',
    {},
    { ...good, exp: 'soon' },
    { ...good, exp: null },
    { ...good, identity: { toString: 'x' } },
    { ...good, identity: '' },
    { ...good, identity: 'a b' },
    { ...good, identity: 'x'.repeat(129) },
    { ...good, identity: 'a\nb' },
    { ...good, name: 5 },
    { ...good, name: '\u200b' },
    { ...good, name: 'x'.repeat(200) },
    { ...good, role: 'operator' },
    { ...good, roomId: [good.roomId] },
  ]
  for (const claims of bad) await refused(own, payload(claims))
  const texts = [
    'offline.',
    'offline.branch-1',
    'offline..x',
    'offline.a b.x',
    'offline.branch-1.%%%',
    'offline.:x.y',
    '~',
    'x~',
  ]
  for (const text of texts) {
    await refused(own, text)
    await refused(own, sealed(text))
  }
  const named = await rejoin(own, payload({ ...good, name: ' Mal\u202elory\n ' }))
  assert.equal(named.body.name, 'Mal lory')
})
