import assert from 'node:assert/strict'
import { test } from 'node:test'
import { backoffMs, jittered } from '../../src/protocol/backoff.ts'

test('the ceiling doubles with each failure in a row, up to the maximum; the pause is spread below it', () => {
  const backoff = { startMs: 500, maxMs: 5_000 }
  const ceilings = [1, 2, 3, 4, 5, 1_000].map((failures) => backoffMs(failures, backoff, () => 1))
  assert.deepEqual(ceilings, [500, 1_000, 2_000, 4_000, 5_000, 5_000])
  assert.equal(
    backoffMs(3, backoff, () => 0.25),
    500,
  )
  assert.equal(
    backoffMs(1, backoff, () => 0),
    0,
  )
})

test('jitter spreads a period evenly on both sides', () => {
  assert.deepEqual(
    [0, 0.5, 1].map((random) => Math.round(jittered(1_000, 0.2, () => random))),
    [800, 1_000, 1_200],
  )
})
