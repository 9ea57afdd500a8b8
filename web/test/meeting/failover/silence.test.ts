import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { answerOf, standbyOf } from '../fake-room.ts'
import { advance, tick, startBench, type Bench } from './bench.ts'

let bench: Bench
beforeEach(() => {
  bench = startBench()
})

describe('a node that hangs', () => {
  test('silence of one of several participants does not mean that the node hangs', async () => {
    let clock = 1
    const stamp = () => clock++
    let bobSends = true
    const active = await bench.begin(answerOf(1, { standby: standbyOf(2) }))
    active.arrives('bob', { source: 'camera', stamp: () => (bobSends ? clock++ : 1) })
    active.arrives('cem', { source: 'camera', stamp }, { source: 'microphone', stamp })
    bench.failover.pictureShown()
    await advance(1_000)
    bobSends = false
    await advance(2_000)
    assert.equal(bench.failover.connections.standby?.promoted, false)
    assert.deepEqual(bench.asked, [])
  })

  test('everything is silent for 300 ms: the standby is promoted and rejoin is called; media flows again: it is paused', async () => {
    let clock = 1
    let flows = true
    const stamp = () => (flows ? clock++ : clock)
    const active = await bench.begin(answerOf(1, { standby: standbyOf(2) }))
    active.arrives('bob', { source: 'camera', stamp }, { source: 'microphone', stamp })
    bench.failover.pictureShown()
    await advance(1_000)
    const standby = bench.failover.connections.standby
    assert.equal(standby?.promoted, false)
    flows = false
    await advance(500)
    assert.equal(standby?.promoted, true)
    assert.deepEqual(bench.asked[0], 1)
    const onActive = () => {
      const { active } = bench.failover.connections
      return active && bench.failover.sendPolicyFor(active)
    }
    assert.deepEqual(onActive(), { sound: false, picture: false }, 'although its socket is open')
    flows = true
    await advance(300)
    assert.equal(standby?.promoted, false)
    assert.deepEqual(onActive(), { sound: true, picture: true })
    assert.deepEqual(bench.roles, ['1 active up', '2 standby up'], 'no node is given up because of silence')
    flows = false
    await advance(500)
    assert.equal(standby?.promoted, false, 'after a false alarm it takes longer')
    await advance(300)
    assert.equal(standby?.promoted, true)
  })

  test('silence is noticed after 250 to 350 ms, whenever the last packet arrived', async () => {
    for (let phaseMs = 0; phaseMs < 100; phaseMs += 10) {
      bench.failover.leave('left')
      bench = startBench()
      let clock = 1
      let flows = true
      const stamp = () => (flows ? clock++ : clock)
      const active = await bench.begin(answerOf(1, { standby: standbyOf(2) }))
      active.arrives('bob', { source: 'camera', stamp }, { source: 'microphone', stamp })
      bench.failover.pictureShown()
      await advance(1_000)
      await tick(phaseMs)
      flows = false
      let silentMs = 0
      for (; bench.failover.connections.standby?.promoted === false; silentMs += 10) await tick(10)
      assert.ok(silentMs >= 250 && silentMs <= 360, `${silentMs} ms at ${phaseMs}`)
    }
  })

  test('a participant who sends only on the standby is sent to there, until they are back', async () => {
    let clock = 1
    const stamp = () => clock++
    let bobHere = true
    const active = await bench.begin(answerOf(1, { standby: standbyOf(2) }))
    active.arrives('bob', { source: 'camera', trackSid: 'bob-1', stamp: () => (bobHere ? clock++ : 0) })
    active.arrives('cem', { source: 'camera', trackSid: 'cem-1', stamp })
    bench.failover.pictureShown()
    await advance(300)
    const standby = bench.failover.connections.standby
    assert.equal(standby?.mirrored, false)
    bobHere = false
    bench.rooms[1]?.arrives('bob', { source: 'camera', trackSid: 'bob-2', stamp })
    await advance(500)
    assert.equal(standby?.mirrored, false, 'not because of a moment of slowness')
    await advance(800)
    assert.equal(standby?.mirrored, true)
    assert.equal(standby?.promoted, false)
    bobHere = true
    await advance(400)
    assert.equal(standby?.mirrored, false)
  })
})
