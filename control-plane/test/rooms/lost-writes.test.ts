// Redis comes back without its last second of writes: the real scripts on a real Redis; only time is faked.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PLACEMENT } from '../../src/tuning/placement.ts'
import { fleet, later, place, redis, refusal, report, room, whole } from '../support/fleet-rig.ts'

test('writes that Redis lost: no epoch is given twice, and the nodes’ reports restore placements, highest epoch first', async () => {
  await fleet(['a'], ['b'], ['c'])
  const there = await room()
  const snapshot = await redis.snapshot()
  const first = await place(there)
  const name = `${there}~${first.epoch}`
  await redis.restore(snapshot)
  assert.equal(await refusal(there), 'store_recovering')
  await report(first.node, { rooms: whole([name, 8]) })
  assert.deepEqual([(await place(there)).node, (await place(there)).epoch], [first.node, first.epoch])

  await later(PLACEMENT.recoverMs)
  for (const node of ['a', 'b', 'c']) await report(node)
  // The room was empty: it is placed again, under an epoch that no client got before.
  const other = await room()
  const again = await redis.snapshot()
  const lost = await place(other)
  await redis.restore(again)
  assert.equal(await refusal(other), 'store_recovering')
  await later(PLACEMENT.recoverMs)
  for (const node of ['a', 'b', 'c']) await report(node)
  assert.ok((await place(other)).epoch > lost.epoch)
})

test('writes that Redis lost: a meeting that is created afterwards waits for one node to report, and no longer', async () => {
  await fleet(['a'], ['b'])
  const before = await room()
  const snapshot = await redis.snapshot()
  await place(before)
  await later(100)
  await redis.restore(snapshot)
  assert.equal(await refusal(before), 'store_recovering')
  const next = await room()
  assert.equal(await refusal(next), 'store_recovering', 'no node has reported yet')
  await report('b')
  const whileRecovering = await redis.snapshot()
  const first = await place(next)
  assert.equal(first.node, 'b')
  assert.equal(await refusal(before), 'store_recovering')
  // Lost once more, now with the placement of the new room.
  await redis.restore(whileRecovering)
  await report('a')
  await report('b')
  assert.equal(await refusal(next), 'store_recovering')
  await later(PLACEMENT.recoverMs)
  await report('b')
  assert.ok((await place(next)).epoch > first.epoch)
})
