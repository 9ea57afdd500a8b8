import assert from 'node:assert/strict'
import { test } from 'node:test'
import { staggerMs } from '../../../src/meeting/failover/stagger.ts'

/** When each of them acts, in that order. */
function turns(people: readonly string[]): number[] {
  const all = people.map((me) =>
    staggerMs(
      me,
      people.filter((other) => other !== me),
    ),
  )
  return all.toSorted((a, b) => a - b)
}

test('a few act 400 ms after each other', () => {
  assert.deepEqual(turns(['cem', 'ann', 'bob']), [0, 400, 800])
  assert.deepEqual(turns(['ann']), [0])
})

test('many act evenly within two seconds', () => {
  const crowd = turns(Array.from({ length: 100 }, (_, index) => `person-${index}`))
  crowd.forEach((ms, at) => assert.ok(Math.abs(ms - at * 20) < 0.001, `${at}: ${ms}`))
})
