import assert from 'node:assert/strict'
import { test } from 'node:test'
import { utilisationPpm } from '../../src/protocol/resources.ts'

test('a node is as full as its scarcest resource', () => {
  const capacity = { cpuCores: 2, egressBytesPerSec: 100, packetsPerSec: 1000, tracks: 400 }
  assert.equal(
    utilisationPpm({ cpuCores: 0.5, egressBytesPerSec: 80, packetsPerSec: 10, tracks: 4 }, capacity),
    800_000,
  )
  assert.equal(
    utilisationPpm({ cpuCores: 3, egressBytesPerSec: 0, packetsPerSec: 0, tracks: 0 }, capacity),
    1_500_000,
  )
  assert.equal(
    utilisationPpm(
      { cpuCores: 0, egressBytesPerSec: 50, packetsPerSec: 0, tracks: 0 },
      { ...capacity, egressBytesPerSec: 0 },
    ),
    0,
  )
})
