import assert from 'node:assert/strict'
import { test } from 'node:test'
import { handoverStep, type HandoverFacts } from '../../src/meeting/failover/handover.ts'

/** A move that has unreachable well, long enough ago. */
const done: HandoverFacts = {
  alive: true,
  newUpForMs: 1_000,
  oldForMs: 2_000,
  missing: 0,
  shownFromIt: 0,
  allSettled: true,
}
const after = (change: Partial<HandoverFacts>) => handoverStep({ ...done, ...change })

test('everybody has come, all is shown from the new one, everybody has said so: it is left', () => {
  assert.equal(after({}), 'forget')
})

test('while one of these is missing it stays, but no longer than 10 s', () => {
  for (const missing of [{ missing: 1 }, { shownFromIt: 1 }, { newUpForMs: undefined }] as const)
    assert.equal(after(missing), 'stay', JSON.stringify(missing))
  for (const missing of [{ missing: 1 }, { shownFromIt: 1 }])
    assert.equal(after({ ...missing, newUpForMs: 10_000 }), 'forget')
})

test('another client says nothing: it has 3 s', () => {
  assert.equal(after({ allSettled: false }), 'stay')
  assert.equal(after({ allSettled: false, newUpForMs: 3_000 }), 'forget')
})

test('the new one does not stand: the old one is kept however long', () => {
  assert.equal(after({ alive: false, newUpForMs: undefined, oldForMs: 60_000 }), 'stay')
})

test('a dead one is not hung up within 1.5 s, and remembered until all have come', () => {
  assert.equal(after({ alive: false, newUpForMs: 100 }), 'stay')
  assert.equal(after({ alive: false, newUpForMs: 1_600, missing: 1 }), 'hang-up')
  assert.equal(after({ alive: false, newUpForMs: 1_600 }), 'forget')
})
