import assert from 'node:assert/strict'
import { test } from 'node:test'
import { capacityOf, learn, type CpuPerTrack, type Overrides } from '../src/capacity.ts'

const NONE: Overrides = {
  cpuCores: undefined,
  tracks: undefined,
  egressBytesPerSec: undefined,
  packetsPerSec: undefined,
}
const machine = { cores: 4, nicBytesPerSec: undefined }

const table: [string, number | undefined, Parameters<typeof capacityOf>[0], Partial<Overrides>, object][] = [
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
    'a card that tells its speed',
    undefined,
    { ...machine, nicBytesPerSec: 1_250e6 },
    {},
    { egressBytesPerSec: 1_250e6 },
  ],
  ['learnt: 3 ms of a core per track', 0.003, machine, {}, { tracks: 1_200 }],
  ['learnt far too cheap: four times the start', 0.000_001, machine, {}, { tracks: 6_400 }],
  ['learnt far too dear: a quarter of the start', 1, machine, {}, { tracks: 400 }],
  ['a tiny machine still bears one', undefined, { ...machine, cores: 0.01 }, {}, { tracks: 4 }],
  [
    'cores by word of the operator move what follows from them',
    undefined,
    machine,
    { cpuCores: 2 },
    { cpuCores: 2, tracks: 800, packetsPerSec: 100_000 },
  ],
  [
    'tracks by word of the operator win over what was learnt',
    0.003,
    machine,
    { tracks: 77 },
    { cpuCores: 4, tracks: 77 },
  ],
  [
    'egress and packets by word of the operator',
    undefined,
    { ...machine, nicBytesPerSec: 1 },
    { egressBytesPerSec: 5e6, packetsPerSec: 9_000 },
    { egressBytesPerSec: 5e6, packetsPerSec: 9_000 },
  ],
]

for (const [name, cpuPerTrack, shape, overrides, expected] of table)
  test(`capacity: ${name}`, () => {
    assert.partialDeepStrictEqual(capacityOf(shape, cpuPerTrack, { ...NONE, ...overrides }), expected)
  })

test('few tracks or hardly any CPU teach nothing', () => {
  assert.equal(learn(undefined, { cpuCores: 2, tracks: 19 }), undefined)
  assert.equal(learn(undefined, { cpuCores: 0.04, tracks: 500 }), undefined)
  assert.equal(learn(0.002, { cpuCores: 0, tracks: 0 }), 0.002)
})

test('the first good reading is taken whole, later ones are weighed in', () => {
  const first = learn(undefined, { cpuCores: 0.2, tracks: 100 })
  assert.equal(first, 0.002)
  const second = learn(first, { cpuCores: 0.4, tracks: 100 })
  assert.ok(second !== undefined && second > 0.002 && second < 0.0025)
  let known: CpuPerTrack = first
  for (let i = 0; i < 60; i += 1) known = learn(known, { cpuCores: 0.4, tracks: 100 })
  assert.ok(known !== undefined && Math.abs(known - 0.004) < 0.000_05)
})
