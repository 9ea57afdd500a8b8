// A node speaks for itself only: reports of a node whose administrator lies. The real scripts on a real Redis.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OFFLINE_EPOCHS } from '../../src/protocol/epochs.ts'
import { PLACEMENT } from '../../src/tuning/placement.ts'
import { enrol, fleet, later, place, redis, report, room, store, whole } from '../support/fleet-rig.ts'

/** Long after the start, when no loss of data is being repaired. */
const settled = () => later(PLACEMENT.rebuildMs)
const HOUR_MS = 3_600_000
const offlineEpoch = (ageMs = 0) => OFFLINE_EPOCHS + Math.floor((redis.now() - ageMs) / 1_000)
const recordsIn = async () => (await redis.snapshot()).size
async function ordersFor(node: string, ...rooms: [string, number][]) {
  const order = await report(node, { rooms: whole(...rooms) })
  assert.ok(!('refused' in order))
  return order
}

test('a running meeting stays where it is when another node claims it at a higher epoch', async () => {
  await fleet(['hq-1', 'hq'], ['branch-1', 'branch'])
  await store.setSite('hq', { ranges: [], fallback: [], boundary: 'hard', spare: 'none' })
  await settled()
  await report('hq-1')
  await report('branch-1')
  const there = await room({ site: 'hq' })
  const { epoch } = await place(there)
  await report('hq-1', { rooms: whole([`${there}~${epoch}`, 8]) })
  const claims = [epoch + 1, 7, 999_999, OFFLINE_EPOCHS - 1, offlineEpoch(), 2 ** 40, 2 ** 41, 2 ** 53]
  for (const claimed of claims) {
    const { moved } = await ordersFor('branch-1', [`${there}~${claimed}`, 8])
    if (claimed <= PLACEMENT.epochMax) assert.deepEqual(moved, [`${there}~${claimed}`])
    const now = await place(there)
    assert.deepEqual([now.node, now.epoch], ['hq-1', epoch], `after a claim of epoch ${claimed}`)
    const honest = await ordersFor('hq-1', [`${there}~${epoch}`, 8])
    assert.deepEqual([honest.moved, honest.drop], [[], []])
  }
})

test('an idle room, and one that was never placed, are not for a node to claim', async () => {
  await fleet(['a'], ['b'])
  await settled()
  await report('a')
  await report('b')
  const idle = await room()
  const { node, epoch } = await place(idle)
  const fresh = await room()
  await later(PLACEMENT.reservationMs * 2)
  const liar = node === 'a' ? 'b' : 'a'
  for (const claimed of [epoch + 1, offlineEpoch()])
    assert.equal(
      (await ordersFor(liar, [`${idle}~${claimed}`, 8], [`${fresh}~${claimed}`, 8])).moved.length,
      2,
    )
  await report(node)
  assert.equal((await place(idle)).node, node)
})

test('rooms that nobody knows leave nothing behind', async () => {
  await fleet(['a'])
  await settled()
  await report('a', { rooms: whole() })
  const before = await recordsIn()
  const unknown = Array.from({ length: 40 }, (_, i): [string, number] => [
    `z${`${i}`.padStart(15, '0')}~3`,
    1,
  ])
  const { moved } = await ordersFor('a', ...unknown)
  assert.equal(moved.length, unknown.length)
  assert.equal(await recordsIn(), before)
  // Other names are not Levee's, and get no order.
  const names = ['x~1', `${'0'.repeat(16)}~0`, `${'0'.repeat(16)}~01`, `${'0'.repeat(16)}~1e3`, 'self-test']
  const strange = await ordersFor('a', ...names.map((name): [string, number] => [name, 1]))
  assert.deepEqual([strange.moved, strange.drop], [[], []])
  assert.equal(await recordsIn(), before)
})

test('while lost records are restored, a node causes no more of them than it could carry', async () => {
  await fleet(['a'])
  const before = await recordsIn()
  const many = Array.from({ length: 90 }, (_, i): [string, number] => [`z${`${i}`.padStart(15, '0')}~3`, 1])
  const reading = { rooms: whole(...many), capacityTracks: 100 }
  const order = await report('a', reading)
  assert.ok(!('refused' in order))
  assert.equal(order.moved.length, 40)
  // Its live rooms and its count are two more keys.
  assert.equal((await recordsIn()) - before, 50 + 2)
  const beyond = await ordersFor('a', [`${'y'.repeat(16)}~${PLACEMENT.restoredEpochMax + 1}`, 1])
  assert.equal(beyond.moved.length, 1, 'an epoch that no room reaches')
})

test('offline epochs count from a node that held a grant then, for rooms that ran there or were started there', async () => {
  await fleet(['a'], ['b'])
  await settled()
  await report('a')
  await report('b')
  const there = await room({ ttlMs: 30 * 24 * HOUR_MS })
  const { node } = await place(there)
  const other = node === 'a' ? 'b' : 'a'
  const unknown = 'z'.repeat(16)
  assert.equal((await ordersFor(node, [`${there}~${offlineEpoch()}`, 8])).moved.length, 1, 'no grant')
  assert.equal(await store.recordGrant(node, 'join', 24 * HOUR_MS), 'recorded')
  assert.equal(await store.recordGrant(other, 'join', 24 * HOUR_MS), 'recorded')
  assert.deepEqual(await store.recordGrant('nobody', 'join', 1), { refused: 'node_not_found' })
  assert.equal((await ordersFor(other, [`${there}~${offlineEpoch()}`, 8])).moved.length, 1, 'never ran there')
  const future = [`${there}~${offlineEpoch(-2 * HOUR_MS)}`, 8] as [string, number]
  const before = [`${there}~${offlineEpoch(2 * HOUR_MS)}`, 8] as [string, number]
  assert.equal((await ordersFor(node, future, before)).moved.length, 2, 'not within the grant')
  assert.equal((await ordersFor(node, [`${unknown}~${offlineEpoch()}`, 8])).moved.length, 1, 'may not start')
  const claimed = offlineEpoch()
  assert.deepEqual((await ordersFor(node, [`${there}~${claimed}`, 8])).moved, [])
  assert.equal((await place(there)).epoch, claimed)
  await store.recordGrant(node, 'start', 24 * HOUR_MS)
  assert.deepEqual((await ordersFor(node, [`${unknown}~${claimed}`, 8])).moved, [])
  // The node was away for longer than its grant: what it assigned in time counts, what it assigned later does not.
  await later(30 * HOUR_MS)
  await report(node, { rooms: whole() })
  const late = [`${there}~${offlineEpoch(2 * HOUR_MS)}`, 8] as [string, number]
  assert.equal((await ordersFor(node, late)).moved.length, 1)
  const inTime = `${there}~${offlineEpoch(12 * HOUR_MS)}`
  assert.deepEqual((await ordersFor(node, [inTime, 8])).moved, [])
  await later(8 * 24 * HOUR_MS)
  await report(node, { rooms: whole() })
  assert.equal((await ordersFor(node, [`${there}~${offlineEpoch(9 * 24 * HOUR_MS)}`, 8])).moved.length, 1)
})

test('a meeting of another node cannot be taken over by announcing it as started offline', async () => {
  await fleet(['a'], ['b'])
  // Restored from a report after a loss: its host key is not known.
  const restored = 'r'.repeat(16)
  await report('a', { rooms: whole([`${restored}~2`, 4]) })
  const adopted = {
    roomId: restored as never,
    title: 'Mine',
    hostKeyHash: 'h',
    expiresAtMs: redis.now() + 1e6,
  }
  assert.equal(await store.adoptRooms({ node: 'b', site: 'hq' }, [adopted]), 'adopted')
  assert.deepEqual(await store.endRoom(restored as never, 'h'), { refused: 'host_key_refused' })
})

test('one report that a script cannot take does not fail those that share its call', async () => {
  await fleet(['a'], ['b'])
  const [bad, good] = await Promise.allSettled([
    report('a', { rooms: whole([`\ud800${'0'.repeat(15)}~1`, 1]) }),
    report('b', { utilisationPpm: 400_000 }),
  ])
  assert.equal(bad.status, 'rejected')
  assert.equal(good.status, 'fulfilled')
  assert.equal((await store.readSites())[0]?.loadTracks, 400)
  await enrol('a')
})
