import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NodeReport } from '../../src/contract/index.ts'
import { impossibleFields } from '../../src/http/node-reading.ts'
import { PROTOCOL_VERSION } from '../../src/protocol/version.ts'

test('the fields of a report that contradict each other are named', () => {
  const fine: NodeReport = {
    protocol: PROTOCOL_VERSION,
    bootId: 'boot-0001',
    seq: 1,
    livekit: { up: true, rooms: [] },
    capacity: { cpuCores: 2, egressBytesPerSec: 1, packetsPerSec: 1, tracks: 400 },
    load: { cpuCores: 1, egressBytesPerSec: 1, packetsPerSec: 1, tracks: 1 },
    host: { cpuBusy: 0.4, cpuSteal: 0.1, memoryUsedBytes: 1, memoryLimitBytes: 2 },
  }
  assert.deepEqual(impossibleFields(fine), [])
  const bad: NodeReport = {
    ...fine,
    capacity: { ...fine.capacity, cpuCores: 0, tracks: 0 },
    load: { cpuCores: 30, egressBytesPerSec: 1, packetsPerSec: 1, tracks: 1 },
    host: { cpuBusy: 0.9, cpuSteal: 0.9, memoryUsedBytes: 10, memoryLimitBytes: 2 },
  }
  assert.deepEqual(
    impossibleFields(bad).map((f) => f.field),
    ['/capacity/tracks', '/capacity/cpuCores', '/load/cpuCores', '/host/memoryUsedBytes', '/host/cpuSteal'],
  )
})
