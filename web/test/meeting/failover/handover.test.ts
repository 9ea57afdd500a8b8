import assert from 'node:assert/strict'
import { test } from 'node:test'
import { handoverStep, type HandoverSituation } from '../../../src/meeting/failover/handover.ts'

/** A move that was completed long enough ago. */
const done: HandoverSituation = {
  works: true,
  activeUpForMs: 1_000,
  previousForMs: 2_000,
  missing: 0,
  tracksShown: 0,
  allSettled: true,
}
const after = (change: Partial<HandoverSituation>) => handoverStep({ ...done, ...change })

test('everyone has arrived, everything is shown from the new node and everyone has reported it: removed', () => {
  assert.equal(after({}), 'remove')
})

test('a connection is kept while one of these is missing, but no longer than 10 s', () => {
  for (const missing of [{ missing: 1 }, { tracksShown: 1 }, { activeUpForMs: undefined }] as const)
    assert.equal(after(missing), 'keep', JSON.stringify(missing))
  for (const missing of [{ missing: 1 }, { tracksShown: 1 }])
    assert.equal(after({ ...missing, activeUpForMs: 10_000 }), 'remove')
})

test('a client that reports nothing has 3 s', () => {
  assert.equal(after({ allSettled: false }), 'keep')
  assert.equal(after({ allSettled: false, activeUpForMs: 3_000 }), 'remove')
})

test('a connection is kept as long as the new one is not up', () => {
  assert.equal(after({ works: false, activeUpForMs: undefined, previousForMs: 60_000 }), 'keep')
})

test('a dead one is not disconnected within 1.5 s, and not removed until everyone has arrived', () => {
  assert.equal(after({ works: false, activeUpForMs: 100 }), 'keep')
  assert.equal(after({ works: false, activeUpForMs: 1_600, missing: 1 }), 'disconnect')
  assert.equal(after({ works: false, activeUpForMs: 1_600 }), 'remove')
})
