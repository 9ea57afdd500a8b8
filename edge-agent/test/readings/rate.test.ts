import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { counterRate } from '../../src/readings/rate.ts'
import { TRAFFIC_RATE } from '../../src/tuning/readings.ts'

const near = (actual: number | null, expected: number, share: number) =>
  assert.ok(
    actual !== null && Math.abs(actual - expected) <= expected * share,
    `${actual} is not within ${share * 100} % of ${expected}`,
  )

describe('a counter that grows evenly', () => {
  const options = { windowMs: 4_000, minSpanMs: 250 }

  test('has no rate before it spans enough time', () => {
    const rate = counterRate(options)
    assert.equal(rate.perSecond(), null)
    rate.add(1_000, 0)
    assert.equal(rate.perSecond(), null)
    rate.add(1_020, 200)
    assert.equal(rate.perSecond(), null)
    rate.add(1_050, 500)
    assert.equal(rate.perSecond(), 100)
  })

  test('forgets what is older than the window', () => {
    const rate = counterRate(options)
    for (let s = 0; s <= 20; s += 2) rate.add(s <= 10 ? s * 100 : 1_000, s * 1_000)
    assert.equal(rate.perSecond(), 0)
  })

  test('that falls was reset and started again at 0', () => {
    const rate = counterRate(options)
    rate.add(5_000, 0)
    rate.add(5_100, 1_000)
    rate.add(40, 2_000)
    assert.equal(rate.perSecond(), 70)
  })

  test('of the kernel that decreases slightly counts as unchanged', () => {
    const rate = counterRate({ ...options, onFall: 'jitter' })
    rate.add(5_000, 0)
    rate.add(4_999, 1_000)
    rate.add(5_099, 2_000)
    assert.equal(rate.perSecond(), 50)
  })
})

describe('LiveKit’s traffic counters, which move every 5 s', () => {
  // Bytes sent by a real LiveKit for three participants, read once a second.
  const recorded = [
    [1050, 0],
    [2062, 0],
    [3080, 0],
    [4087, 0],
    [5098, 897_916],
    [6112, 1_171_250],
    [7126, 1_171_250],
    [8135, 1_171_250],
    [9143, 1_171_250],
    [10_153, 1_957_640],
    [11_163, 2_256_430],
    [12_172, 2_256_430],
    [13_206, 2_256_430],
    [14_233, 2_256_430],
    [15_242, 3_334_881],
    [16_251, 3_334_881],
    [17_260, 3_334_881],
    [18_289, 3_334_881],
    [19_296, 3_334_881],
    [20_325, 4_432_667],
    [21_332, 4_432_667],
    [22_373, 4_432_667],
    [23_390, 4_432_667],
    [24_410, 4_432_667],
    [25_434, 5_499_916],
    [26_467, 5_499_916],
  ] as const
  /** The last three whole steps, 5 s each. */
  const trueRate = (5_499_916 - 2_256_430) / 15

  test('the rate does not vary with the steps', () => {
    const rate = counterRate(TRAFFIC_RATE)
    for (const [atMs, bytes] of recorded) {
      rate.add(bytes, atMs)
      if (atMs > 10_000) near(rate.perSecond(), trueRate, 0.25)
      // A plain window would vary by a third; half a step may still fall outside of ours.
      if (atMs > 16_000) near(rate.perSecond(), trueRate, 0.15)
    }
  })

  test('idle is 0 at once, not unknown', () => {
    const rate = counterRate(TRAFFIC_RATE)
    rate.add(0, 0)
    assert.equal(rate.perSecond(), 0)
  })

  test('the first reading of a busy LiveKit is unknown, not 0, until the counter has moved', () => {
    const rate = counterRate(TRAFFIC_RATE)
    const seen: (number | null)[] = []
    for (let atMs = 2_000; atMs <= 20_000; atMs += 2_000) {
      rate.add(1e6 + Math.floor(atMs / 5_000) * 5_000, atMs)
      seen.push(rate.perSecond())
    }
    assert.deepEqual(seen.slice(0, 3), [null, null, null])
    for (const value of seen.slice(4)) near(value, 1_000, 0.35)
  })

  test('after a long pause the first step counts for one step, not for the pause', () => {
    const rate = counterRate(TRAFFIC_RATE)
    for (let atMs = 0; atMs <= 600_000; atMs += 2_000) rate.add(0, atMs)
    rate.add(50_000, 602_000)
    assert.equal(rate.perSecond(), 10_000)
  })

  test('when it stops the rate falls to 0 within two steps', () => {
    const rate = counterRate(TRAFFIC_RATE)
    for (let atMs = 0; atMs <= 30_000; atMs += 1_000) rate.add(Math.floor(atMs / 5_000) * 5_000, atMs)
    near(rate.perSecond(), 1_000, 0.01)
    rate.add(30_000, 38_000)
    const sinking = rate.perSecond() ?? Number.NaN
    assert.ok(sinking > 0 && sinking < 700, `${sinking}`)
    rate.add(30_000, 41_000)
    assert.equal(rate.perSecond(), 0)
  })
})
