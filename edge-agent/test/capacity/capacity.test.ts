import assert from 'node:assert/strict'
import { test } from 'node:test'
import { capacityOf, type Overrides } from '../../src/capacity/capacity.ts'
import type { PerTrack } from '../../src/capacity/track-cost.ts'

const NONE: Overrides = {
  cpuCores: undefined,
  tracks: undefined,
  egressBytesPerSec: undefined,
  packetsPerSec: undefined,
}
const machine = { cores: 4, nicBytesPerSec: undefined }
const cpuOnly = (cpuCores: number): PerTrack => ({ cpuCores, bytesPerSec: 0, packetsPerSec: 0 })

const table: [string, PerTrack | undefined, Parameters<typeof capacityOf>[0], Partial<Overrides>, object][] =
  [
    [
      'at the start: 400 tracks per core',
      undefined,
      machine,
      {},
      { cpuCores: 4, tracks: 1_600, egressBytesPerSec: 125e6, packetsPerSec: 200_000 },
    ],
    [
      'half a core',
      undefined,
      { ...machine, cores: 0.5 },
      {},
      { cpuCores: 0.5, tracks: 200, packetsPerSec: 25_000 },
    ],
    [
      'a network interface with a known speed',
      undefined,
      { ...machine, nicBytesPerSec: 1_250e6 },
      {},
      { egressBytesPerSec: 1_250e6 },
    ],
    ['learnt: 3 ms of a core per track', cpuOnly(0.003), machine, {}, { tracks: 1_200 }],
    ['learnt far too cheap: four times the start', cpuOnly(0.000_001), machine, {}, { tracks: 6_400 }],
    ['learnt far too expensive: a quarter of the start', cpuOnly(1), machine, {}, { tracks: 400 }],
    ['a tiny machine still has a capacity', undefined, { ...machine, cores: 0.01 }, {}, { tracks: 4 }],
    [
      'the network interface is the scarcest',
      { cpuCores: 0.001, bytesPerSec: 125_000, packetsPerSec: 100 },
      machine,
      {},
      { tracks: 1_000 },
    ],
    [
      'packets are the scarcest',
      { cpuCores: 0.001, bytesPerSec: 20_000, packetsPerSec: 160 },
      machine,
      {},
      { tracks: 1_250 },
    ],
    [
      'a resource that a track does not use sets no bound',
      { cpuCores: 0, bytesPerSec: 0, packetsPerSec: 0 },
      machine,
      {},
      { tracks: 6_400 },
    ],
    [
      'egress set by the operator counts for the tracks',
      { cpuCores: 0.001, bytesPerSec: 20_000, packetsPerSec: 100 },
      machine,
      { egressBytesPerSec: 10e6 },
      { tracks: 500 },
    ],
    [
      'cores set by the operator change what is derived from them',
      undefined,
      machine,
      { cpuCores: 2 },
      { cpuCores: 2, tracks: 800, packetsPerSec: 100_000 },
    ],
    [
      'tracks set by the operator take precedence over what was learnt',
      cpuOnly(0.003),
      machine,
      { tracks: 77 },
      { cpuCores: 4, tracks: 77 },
    ],
    [
      'egress and packets set by the operator',
      undefined,
      { ...machine, nicBytesPerSec: 1 },
      { egressBytesPerSec: 5e6, packetsPerSec: 9_000 },
      { egressBytesPerSec: 5e6, packetsPerSec: 9_000 },
    ],
  ]

for (const [name, perTrack, shape, overrides, expected] of table)
  test(`capacity: ${name}`, () => {
    assert.partialDeepStrictEqual(capacityOf(shape, perTrack, { ...NONE, ...overrides }), expected)
  })
