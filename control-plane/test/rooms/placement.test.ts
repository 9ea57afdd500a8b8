import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startControlPlanes } from '../../../deploy/stack/control-plane-stack.ts'
import type { ControlPlaneStack } from '../../../deploy/stack/control-plane-stack.ts'
import type { FleetView } from '../../src/contract/index.ts'
import { assertProblem, call, createRoom, join, servingAgent } from '../support/client.ts'

let stack: ControlPlaneStack
before(async () => {
  stack = await startControlPlanes({ replicas: 2, logLevel: 'warn' })
})
after(() => stack.stop())

const agent = (spec: { node: string; site?: string; tracks?: number }) =>
  servingAgent(stack.url, stack.enrolmentKey, spec)
const fleet = async () =>
  (await call<FleetView>(`${stack.url}/v1/fleet`, 'GET', { bearer: stack.operatorKey })).body
const setState = (node: string, verb: string, body?: object) =>
  call(`${stack.url}/v1/nodes/${node}/${verb}`, 'POST', { bearer: stack.operatorKey, ...(body && { body }) })
const nodeOf = async (node: string) => (await fleet()).nodes.find((n) => n.node === node)

/** Takes all nodes out of service, so that each test has only the nodes that it enrols. */
async function emptyFleet(): Promise<void> {
  for (const n of (await fleet()).nodes) assert.equal((await setState(n.node, 'cordon')).status, 204)
}

test('no node: refused with a code and a time to try again, and nothing is lost', async () => {
  const room = await createRoom(stack.url)
  const refused = await join(stack.url, room.room)
  assertProblem(refused, 503, 'no_node')
  assert.ok(Number(refused.headers.get('retry-after')) > 0)
  await agent({ node: 'late' })
  assert.equal((await join(stack.url, room.room)).status, 200)
})

test('sixteen clients that place one room at once get one node and one epoch, 1,000 times', async () => {
  await emptyFleet()
  const agents = await Promise.all(
    Array.from({ length: 8 }, (_, i) => agent({ node: `race-${i}`, site: i % 2 ? 'hq' : 'branch' })),
  )
  const used = new Set<string>()
  let reportAtMs = 0
  for (let round = 0; round < 1_000; round++) {
    // As often as real agents, because a silent node is not a candidate.
    if (performance.now() >= reportAtMs) {
      await Promise.all(agents.map((a) => a.report({ livekit: { up: true, rooms: null } })))
      reportAtMs = performance.now() + 2_000
    }
    const { room } = await createRoom(stack.url)
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, i) => join(stack.urls[i % 2] ?? '', room, { name: `p${i}` })),
    )
    const places = new Set(
      answers.map((a) => `${a.status} ${a.body.node} ${a.body.epoch} ${a.body.roomName}`),
    )
    assert.equal(places.size, 1, [...places].join(' | '))
    assert.equal(answers[0]?.status, 200)
    assert.equal(new Set(answers.map((a) => a.body.identity)).size, 16)
    used.add(answers[0]?.body.node ?? '')
  }
  assert.ok(used.size >= 6, `rooms went to ${[...used].join(', ')} only`)
})

test('a placement reserves at once: a burst between two reports does not go to one node', async () => {
  await emptyFleet()
  for (const node of ['even-1', 'even-2', 'even-3', 'even-4']) await agent({ node, tracks: 10_000 })
  for (let i = 0; i < 100; i++) {
    const { room } = await createRoom(stack.url)
    assert.equal((await join(stack.urls[i % 2] ?? '', room)).status, 200)
  }
  const reserved = (await fleet()).nodes.filter((n) => n.node.startsWith('even-')).map((n) => n.reserved)
  assert.ok(Math.abs(reserved.reduce((a, b) => a + b) - (100 * 32) / 10_000) < 1e-9)
  for (const r of reserved) assert.equal(r, (25 * 32) / 10_000)
})

test('joining again keeps the same reservation; it shrinks as the load is seen and goes when the room has ended', async () => {
  await emptyFleet()
  const a = await agent({ node: 'melt', tracks: 1_000 })
  const created = await createRoom(stack.url, { expectedParticipants: 10 }, stack.operatorKey)
  const first = await join(stack.url, created.room)
  for (let i = 0; i < 5; i++) await join(stack.url, created.room)
  assert.equal((await nodeOf('melt'))?.reserved, 0.2)
  const name = first.body.roomName
  await a.report({ livekit: { up: true, rooms: [{ name, participants: 5, tracks: 50 }] } })
  assert.equal((await nodeOf('melt'))?.reserved, 0.15)
  await a.report({ livekit: { up: true, rooms: [{ name, participants: 12, tracks: 300 }] } })
  assert.equal((await nodeOf('melt'))?.reserved, 0)
  const ended = await call(`${stack.url}/v1/rooms/${created.room}`, 'DELETE', { bearer: created.hostKey })
  assert.equal(ended.status, 204)
  const directive = await a.report({
    livekit: { up: true, rooms: [{ name, participants: 12, tracks: 300 }] },
  })
  assert.deepEqual(directive.body.drop, [name])
  assertProblem(await join(stack.url, created.room), 404, 'room_not_found')
})

test('a full node refuses: nothing is placed over the cap, live rooms still accept joins, and rejoins even more', async () => {
  await emptyFleet()
  const a = await agent({ node: 'small', tracks: 100 })
  const big = await createRoom(stack.url, { expectedParticipants: 8 }, stack.operatorKey)
  assertProblem(await join(stack.url, big.room), 503, 'fleet_full')
  const fits = await createRoom(stack.url, { expectedParticipants: 6 }, stack.operatorKey)
  const joined = await join(stack.url, fits.room)
  assert.equal(joined.status, 200)
  const other = await createRoom(stack.url)
  const refused = await join(stack.url, other.room)
  assertProblem(refused, 503, 'fleet_full')
  assert.ok(Number(refused.headers.get('retry-after')) > 0)

  const load = (tracks: number) => ({
    load: { cpuCores: 0, egressBytesPerSec: 0, packetsPerSec: 0, tracks },
    livekit: { up: true, rooms: [{ name: joined.body.roomName, participants: 6, tracks }] },
  })
  await a.report(load(88))
  assert.equal((await join(stack.url, fits.room)).status, 200)
  await a.report(load(95))
  assertProblem(await join(stack.url, fits.room), 503, 'node_full')
  const again = await call(`${stack.url}/v1/rooms/${fits.room}/rejoin`, 'POST', {
    body: { ticket: joined.body.rejoinTicket },
  })
  assert.equal(again.status, 200)
})

test('a room goes to the requested site, and to another one when that is full', async () => {
  await emptyFleet()
  await agent({ node: 'north-1', site: 'north', tracks: 100 })
  await agent({ node: 'south-1', site: 'south', tracks: 100_000 })
  const sites = []
  for (let i = 0; i < 4; i++) {
    const { room } = await createRoom(stack.url, { site: 'north' })
    sites.push((await join(stack.url, room)).body.site)
  }
  assert.deepEqual(sites, ['north', 'north', 'south', 'south'])
})

test('cordon: no new rooms, rooms there stay; uncordon: back at once', async () => {
  await emptyFleet()
  const a = await agent({ node: 'cord-1' })
  const { room } = await createRoom(stack.url)
  const joined = await join(stack.url, room)
  await a.report({
    livekit: { up: true, rooms: [{ name: joined.body.roomName, participants: 1, tracks: 2 }] },
  })
  assert.equal((await setState('cord-1', 'cordon')).status, 204)
  assert.equal((await join(stack.url, room)).body.node, 'cord-1')
  assertProblem(await join(stack.url, (await createRoom(stack.url)).room), 503, 'no_node')
  assert.equal((await a.report({ livekit: { up: true, rooms: null } })).body.state, 'cordoned')
  assertProblem(await join(stack.url, (await createRoom(stack.url)).room), 503, 'no_node')
  assert.equal((await setState('cord-1', 'uncordon')).status, 204)
  assert.equal((await join(stack.url, (await createRoom(stack.url)).room)).status, 200)
  // No other node could take its rooms: the drain is refused before it begins.
  const tooFull = await setState('cord-1', 'drain')
  assertProblem(tooFull, 409, 'drain_does_not_fit')
  assert.ok((tooFull.body.needTracks ?? 0) > 0)
  assert.equal(tooFull.body.freeTracks, 0)
  assert.equal((await nodeOf('cord-1'))?.status, 'serving')
  assertProblem(await setState('cord-1', 'drain', { withinSec: 1 }), 400, 'invalid_request')
  assert.equal((await setState('cord-1', 'drain', { force: true })).status, 204)
  assert.equal((await nodeOf('cord-1'))?.status, 'draining')
  assertProblem(await join(stack.url, (await createRoom(stack.url)).room), 503, 'no_node')
})

test('the agent reports that LiveKit is gone: its rooms are placed again with a higher epoch, and a node that comes back learns that they moved', async () => {
  await emptyFleet()
  const a = await agent({ node: 'zombie' })
  const { room } = await createRoom(stack.url)
  const first = (await join(stack.url, room)).body
  assert.deepEqual([first.node, first.epoch], ['zombie', 1])
  await a.report({ livekit: { up: false, rooms: null } })
  await agent({ node: 'heir' })
  const second = (await join(stack.url, room)).body
  assert.deepEqual([second.node, second.epoch], ['heir', 2])
  const directive = await a.report({
    livekit: { up: true, rooms: [{ name: first.roomName, participants: 1, tracks: 2 }] },
  })
  assert.deepEqual(directive.body.moved, [first.roomName])
  assert.equal((await join(stack.url, room)).body.node, 'heir')
})

test('an older report of the same boot changes nothing', async () => {
  await emptyFleet()
  const a = await agent({ node: 'reorder', tracks: 10_000 })
  const load = (tracks: number) => ({ load: { cpuCores: 0, egressBytesPerSec: 0, packetsPerSec: 0, tracks } })
  await a.report({ seq: 100, ...load(5_000) })
  const late = await a.report({ seq: 99, ...load(0), livekit: { up: false, rooms: null } })
  assert.equal(late.status, 200)
  const node = await nodeOf('reorder')
  assert.equal(node?.utilisation, 0.5)
  assert.equal(node?.status, 'serving')
})

test('missing data is not zero: a report that could not read its load keeps the last one', async () => {
  await emptyFleet()
  const a = await agent({ node: 'blind' })
  await a.report({ load: { cpuCores: 8, egressBytesPerSec: 0, packetsPerSec: 0, tracks: 0 } })
  await a.report({ load: null })
  assert.equal((await nodeOf('blind'))?.utilisation, 0.5)
})

test('a second node cannot take the id of the first, nor report in its name', async () => {
  await emptyFleet()
  const a = await agent({ node: 'mine' })
  const thief = await call(`${stack.url}/v1/nodes/enrol`, 'POST', {
    bearer: stack.enrolmentKey,
    body: { ...a.enrolment, nodeSecret: 'x'.repeat(43) },
  })
  assertProblem(thief, 409, 'node_id_taken')
  assert.equal((await a.enrol()).status, 200)
  const other = await agent({ node: 'other' })
  const forged = await call(`${stack.url}/v1/nodes/mine/report`, 'POST', {
    bearer: other.credential(),
    body: {
      bootId: 'aaaaaaaa',
      seq: 1,
      livekit: { up: false, rooms: null },
      capacity: { cpuCores: 1, egressBytesPerSec: 1, packetsPerSec: 1, tracks: 1 },
      load: null,
      host: { cpuBusy: 0, cpuSteal: 0, memoryUsedBytes: 0, memoryLimitBytes: 0 },
    },
  })
  assertProblem(forged, 401, 'node_unauthorized')
  assert.equal((await nodeOf('mine'))?.status, 'serving')
})

test('what a stranger declares reserves no more than an ordinary meeting, whatever its size and start', async () => {
  await emptyFleet()
  await agent({ node: 'calm', tracks: 10_000 })
  const startsAt = new Date(Date.now() + 60_000).toISOString()
  const wish = { expectedParticipants: 1_000, startsAt }
  for (let i = 0; i < 22; i++) {
    const { room } = await createRoom(stack.url, wish)
    assert.equal((await join(stack.url, room)).status, 200)
  }
  assert.ok(((await nodeOf('calm'))?.reserved ?? 1) <= (22 * 32) / 10_000)
  // A business system has the operator key.
  const { room } = await createRoom(stack.url, { expectedParticipants: 60, startsAt }, stack.operatorKey)
  assert.equal((await join(stack.url, room)).status, 200)
  assert.ok(((await nodeOf('calm'))?.reserved ?? 0) > 0.3)
})
