// How long links live, and how many there may be: the real scripts on a real Redis; only time is faked.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DEFAULT_ROOM_TTL_SEC } from '../../src/protocol/limits.ts'
import type { RoomId } from '../../src/protocol/room-names.ts'
import { PLACEMENT } from '../../src/tuning/placement.ts'
import { fleet, later, place, redis, refusal, report, store, whole } from '../support/fleet-rig.ts'

const DAY_MS = 86_400_000
const TTL_MS = DEFAULT_ROOM_TTL_SEC * 1_000
let created = 0
async function link(change: { ttlMs?: number; livesOn?: boolean } = {}): Promise<RoomId> {
  const roomId = `link${String(created++).padStart(12, '0')}` as RoomId
  const answer = await store.createRoom({
    roomId,
    title: '',
    hostKeyHash: 'h',
    costTracks: undefined,
    site: undefined,
    tenant: undefined,
    startsAtMs: undefined,
    ttlMs: TTL_MS,
    ...change,
  })
  assert.ok(typeof answer === 'object' && 'expiresAtMs' in answer)
  return roomId
}
const carry = (roomId: RoomId, epoch: number) => report('a', { rooms: whole([`${roomId}~${epoch}`, 8]) })
const ordersOf = async (answer: ReturnType<typeof report>) => {
  const order = await answer
  assert.ok(!('refused' in order))
  return [...order.drop, ...order.moved]
}

test('a weekly link lives on for as long as it is used; one that is not used ends on its date', async () => {
  await fleet(['a'])
  const weekly = await link({ livesOn: true })
  const unused = await link({ livesOn: true })
  const dated = await link()
  for (let week = 0; week < 9; week++) {
    await report('a', { rooms: whole() })
    const { epoch } = await place(weekly)
    assert.deepEqual(await ordersOf(carry(weekly, epoch)), [])
    await later(7 * DAY_MS)
  }
  await report('a', { rooms: whole() })
  assert.equal((await place(weekly)).node, 'a')
  for (const roomId of [unused, dated]) assert.equal(await refusal(roomId), 'room_not_found')
})

test('nobody who is in is thrown out by a date: the meeting goes on and takes back its own, and no one else', async () => {
  await fleet(['a'], ['b'])
  const roomId = await link({ ttlMs: 3_600_000 })
  const { node, epoch } = await place(roomId)
  const name = `${roomId}~${epoch}`
  for (let minute = 0; minute <= 90; minute++) {
    for (const id of ['a', 'b']) {
      const order = await report(id, { rooms: id === node ? whole([name, 8]) : whole() })
      assert.ok(!('refused' in order))
      assert.deepEqual([order.drop, order.moved], [[], []], `minute ${minute}`)
    }
    await later(60_000)
  }
  for (const id of ['a', 'b']) await report(id, { rooms: id === node ? whole([name, 8]) : whole() })
  assert.equal(await refusal(roomId), 'room_not_found')
  assert.deepEqual((await place(roomId, 'rejoin')).epoch, epoch)
  // Also onto another node.
  await report(node, { up: false, rooms: null })
  const moved = await place(roomId, 'rejoin')
  assert.notEqual(moved.node, node)
  assert.equal(await store.endRoom(roomId, 'h'), 'ended')
  assert.deepEqual(await store.placeRoom(roomId, 'rejoin', {}), { refused: 'room_not_found' })
})

test('links are bounded in number, and those that have ended make room', async () => {
  await fleet(['a'])
  const fill = {
    name: 'fill',
    sha: '1'.repeat(40),
    source: `for i = 1, ${PLACEMENT.roomsMax} do redis.call('ZADD', KEYS[1] .. ':room-ends', ARGV[1], i) end`,
  }
  await redis.evaluate({ script: fill, shardPrefix: '{lv}', args: [String(redis.now() + 60_000)] })
  await assert.rejects(link())
  await later(60_000)
  await link()
})
