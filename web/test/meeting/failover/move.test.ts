import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { answerOf } from '../fake-room.ts'
import { ALL, advance, tick, startBench, type Bench } from './bench.ts'

const LOW = { ...ALL, lowFrameRate: true }
let bench: Bench
beforeEach(() => {
  bench = startBench()
})

describe('a planned move', () => {
  test('the previous connection stays until everyone has arrived and everything is shown from the new one', async () => {
    const old = await bench.begin()
    old.arrives('bob')
    bench.shown = 2
    bench.failover.reconcile(answerOf(2))
    await advance(4_000)
    assert.deepEqual(bench.roles, ['1 previous up', '2 active up'])
    assert.deepEqual(bench.policies, [LOW, LOW], 'to both nodes during the move')
    bench.shown = 0
    await advance(500)
    assert.equal(old.disconnected, false, 'Bob is still missing')
    bench.rooms[1]?.arrives('bob')
    await advance(500)
    assert.equal(old.disconnected, true)
    assert.deepEqual(bench.roles, ['2 active up'])
    assert.deepEqual(bench.policies, [ALL])
  })

  test('a low frame rate goes to both nodes from the start, and the full one to the old node when the new one is slow', async () => {
    await bench.begin()
    let open = () => {}
    bench.opening = new Promise((resolve) => (open = resolve))
    bench.failover.reconcile(answerOf(2))
    assert.deepEqual(bench.policies[0], LOW)
    await advance(1_900)
    assert.deepEqual(bench.policies[0], LOW)
    const refreshes = bench.changes
    await advance(600)
    assert.deepEqual(bench.policies[0], ALL)
    assert.ok(bench.changes > refreshes, 'so that the publishers follow')
    open()
    await tick()
    assert.deepEqual(bench.policies, [LOW, LOW])
  })

  test('a sleeping page delays the end of a move by ten seconds at most', async () => {
    const old = await bench.begin()
    old.arrives('bob')
    bench.failover.reconcile(answerOf(2))
    await advance(9_000)
    assert.equal(old.disconnected, false)
    await advance(1_500)
    assert.equal(old.disconnected, true)
  })

  test('a new node that refuses connections does no harm: the old one continues to serve', async () => {
    const old = await bench.begin()
    bench.shut.add('node-2')
    bench.failover.reconcile(answerOf(2))
    bench.answerWith(answerOf(2))
    await advance(12_000)
    assert.equal(old.disconnected, false)
    assert.deepEqual(bench.policies[0], ALL)
    bench.shut.clear()
    await advance(5_000)
    assert.deepEqual(bench.roles, ['2 active up'])
  })
})
