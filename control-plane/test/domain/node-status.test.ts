import assert from 'node:assert/strict'
import { test } from 'node:test'
import { statusOf } from '../../src/domain/node-status.ts'

test('the status of a node shows what matters most', () => {
  const limits = { suspectMs: 10_000, deadMs: 25_000, frozenDeadMs: 120_000 }
  const node = { state: 'serving' as const, up: true, silentMs: 500, frozen: false }
  assert.equal(statusOf(node, limits), 'serving')
  assert.equal(statusOf({ ...node, state: 'cordoned' }, limits), 'cordoned')
  assert.equal(statusOf({ ...node, up: false }, limits), 'down')
  assert.equal(statusOf({ ...node, silentMs: 10_001 }, limits), 'suspect')
  assert.equal(statusOf({ ...node, silentMs: 25_001 }, limits), 'dead')
  assert.equal(statusOf({ ...node, silentMs: 25_001, frozen: true }, limits), 'suspect')
  assert.equal(statusOf({ ...node, silentMs: null }, limits), 'starting')
})
