/** What a simulated node with a known cost per track learns, reading by reading (one every 2 s). */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { capacityOf } from '../../src/capacity/capacity.ts'
import type { Resources } from '@levee/control-plane/protocol/resources'
import { costOf, learn, perTrack, type Learnt } from '../../src/capacity/track-cost.ts'

type Machine = { cores: number; nicBytesPerSec: number; coresPerTrack: number; coresPerByte: number }
/** Bytes/s and packets/s of one track. */
type Mix = { bytes: number; packets: number }

const AUDIO: Mix = { bytes: 4_000, packets: 50 }
const SHARE: Mix = { bytes: 150_000, packets: 140 }
const VIDEO: Mix = { bytes: 60_000, packets: 70 }
/** 8 cores on 10 Gbit/s: an audio track takes 0.88 ms of a core per second, a screen share 3.8 ms. */
const BIG: Machine = { cores: 8, nicBytesPerSec: 1.25e9, coresPerTrack: 0.0008, coresPerByte: 2e-8 }
/** 4 cores on 1 Gbit/s: with screen shares the network interface is the limit. */
const NARROW: Machine = { cores: 4, nicBytesPerSec: 125e6, coresPerTrack: 0.0005, coresPerByte: 5e-9 }
const OVERRIDES = {
  cpuCores: undefined,
  tracks: undefined,
  egressBytesPerSec: undefined,
  packetsPerSec: undefined,
}

const trueCapacity = (m: Machine, mix: Mix): number =>
  Math.min(
    (m.cores * 0.9) / (m.coresPerTrack + m.coresPerByte * mix.bytes),
    m.nicBytesPerSec / mix.bytes,
    (m.cores * 50_000) / mix.packets,
  )

/** A node whose readings deviate by up to `noise` (a share), evenly distributed. */
function node(machine: Machine, noise = 0, seed = 1) {
  let state = seed
  const off = (value: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return value * (1 + noise * ((2 * state) / 2 ** 32 - 1))
  }
  let learnt: Learnt | undefined
  return {
    carry(tracks: number, mix: Mix, readings: number, twist: Partial<Resources> = {}) {
      const { coresPerTrack, coresPerByte, cores } = machine
      for (let i = 0; i < readings; i += 1) {
        const load = {
          tracks,
          egressBytesPerSec: off(tracks * mix.bytes),
          packetsPerSec: off(tracks * mix.packets),
          cpuCores: off(tracks * (coresPerTrack + coresPerByte * mix.bytes)),
        }
        learnt = learn(learnt, { ...load, ...twist }, cores)
      }
    },
    learnt: () => learnt,
    cost: () => (learnt ? costOf(learnt) : { perTrack: Number.NaN, perBytePerSec: Number.NaN }),
    tracks: () => capacityOf(machine, perTrack(learnt), OVERRIDES).tracks,
  }
}

const near = (actual: number, expected: number, share: number, what = '') =>
  assert.ok(
    Math.abs(actual - expected) <= expected * share,
    `${what} ${actual} is not within ${share * 100} % of ${expected}`,
  )

describe('the first minutes', () => {
  test('nothing is learnt from few tracks or hardly any CPU', () => {
    const one = node(BIG)
    one.carry(19, SHARE, 50)
    one.carry(500, SHARE, 50, { cpuCores: 0.04 })
    one.carry(0, SHARE, 50)
    assert.equal(one.learnt(), undefined)
    assert.equal(one.tracks(), 3_200)
  })

  test('nothing is learnt from two readings, something from three', () => {
    const one = node(BIG)
    one.carry(1_000, AUDIO, 2)
    assert.equal(one.tracks(), 3_200)
    one.carry(1_000, AUDIO, 1)
    near(one.tracks(), trueCapacity(BIG, AUDIO), 0.001)
  })

  test('nothing is learnt while the node fills quickly', () => {
    const one = node(BIG)
    // Rates look back: they show the load of some seconds ago.
    let before = 500
    for (const tracks of [800, 1_400, 2_400, 4_200, 7_000]) {
      one.carry(tracks, AUDIO, 1, { cpuCores: before * 0.000_88, egressBytesPerSec: before * AUDIO.bytes })
      before = tracks
      assert.equal(one.tracks(), 3_200)
    }
    one.carry(7_000, AUDIO, 6)
    near(one.tracks(), trueCapacity(BIG, AUDIO), 0.01)
  })
})

describe('known machines', () => {
  for (const [what, machine, mix, tracks] of [
    ['sound on a big one is bound by CPU', BIG, AUDIO, 8_000],
    ['video on a big one is bound by CPU', BIG, VIDEO, 3_600],
    ['screen shares on a narrow one are bound by the network interface', NARROW, SHARE, 833],
    ['sound on a narrow one is bound by packets', NARROW, AUDIO, 4_000],
  ] as const)
    test(`${what}: ${tracks} tracks`, () => {
      near(trueCapacity(machine, mix), tracks, 0.05)
      for (const [noise, share] of [
        [0, 0.001],
        [0.1, 0.1],
        [0.2, 0.2],
      ] as const)
        for (let seed = 1; seed <= 20; seed += 1) {
          const one = node(machine, noise, seed)
          one.carry(600, mix, 20)
          near(one.tracks(), Math.min(6_400 * 2, trueCapacity(machine, mix)), share, `noise ${noise}:`)
        }
    })

  test('with a changing mix the costs of a track and of a byte are separated', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const one = node(BIG, 0.05, seed)
      for (const bytes of Array.from({ length: 40 }, (_, i) => 4_000 + ((i * 7) % 40) * 5_000))
        one.carry(1_000, { bytes, packets: 90 }, 5)
      near(one.cost().perTrack, 0.0008, 0.4, 'per track')
      near(one.cost().perBytePerSec, 2e-8, 0.1, 'per byte')
    }
  })

  test('a large load does not outweigh a small one', () => {
    const one = node({ ...BIG, cores: 1 })
    one.carry(800, SHARE, 10)
    one.carry(400, SHARE, 1)
    one.carry(210, AUDIO, 10)
    near(one.cost().perBytePerSec, 2e-8, 0.05)
  })
})

describe('a change of mix', () => {
  test('shows in the third reading after it, and is correct from then on', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const one = node(BIG, 0.1, seed)
      one.carry(1_000, AUDIO, 40)
      const sound = one.tracks()
      one.carry(1_000, SHARE, 2)
      near(one.tracks(), sound, 0.12)
      for (const more of [1, 7, 30]) {
        one.carry(1_000, SHARE, more)
        near(one.tracks(), trueCapacity(BIG, SHARE), 0.15, `after ${more} more`)
      }
    }
  })

  test('and back: never above the true value, and close to it within 40 s', () => {
    const one = node(BIG)
    one.carry(1_000, AUDIO, 40)
    one.carry(1_000, SHARE, 40)
    for (let i = 0; i < 20; i += 1) {
      one.carry(1_000, AUDIO, 1)
      assert.ok(one.tracks() <= trueCapacity(BIG, AUDIO) * 1.001)
    }
    near(one.tracks(), trueCapacity(BIG, AUDIO), 0.05)
  })

  test('a cost that changes while the mix does not is learnt within a minute and a half', () => {
    const one = node(BIG)
    one.carry(1_000, VIDEO, 60)
    for (let i = 0; i < 45; i += 1) one.carry(1_000, VIDEO, 1, { cpuCores: 3 })
    near(one.tracks(), (8 * 0.9) / 0.003, 0.1)
  })
})

describe('outliers and noise', () => {
  test('with a constant mix the costs cannot be separated: all of it goes to the track', () => {
    const one = node(BIG)
    for (let i = 0; i < 100; i += 1) one.carry(500 + i * 10, VIDEO, 1)
    assert.deepEqual(one.cost().perBytePerSec, 0)
    near(one.cost().perTrack, 0.002, 0.001)
    near(one.tracks(), trueCapacity(BIG, VIDEO), 0.001)
  })

  test('a byte whose cost rises with the load makes no cost negative', () => {
    const one = node(BIG)
    for (let i = 0; i < 60; i += 1) {
      const bytes = 1e4 + 1e4 * (i % 10)
      one.carry(1_000, { bytes, packets: 90 }, 3, { cpuCores: 0.4 + (bytes / 4e4) ** 2 })
    }
    const { regression } = one.learnt() ?? assert.fail()
    const { perTrack: a, perBytePerSec: b } = one.cost()
    assert.equal(a, 0)
    near(b * regression.bytesPerSec, regression.cpuCores, 1e-9)
  })

  test('the noise of an even load does not separate the costs', () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const one = node(BIG, 0.03, seed)
      one.carry(1_000, VIDEO, 100)
      assert.ok(one.cost().perBytePerSec * VIDEO.bytes < 0.05 * one.cost().perTrack)
    }
  })

  test('noise does not count as a change of mix', () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const one = node(BIG, 0.2, seed)
      for (let i = 0; i < 100; i += 1) {
        one.carry(1_000, VIDEO, 1)
        if (i > 5) near(one.tracks(), trueCapacity(BIG, VIDEO), 0.3)
      }
    }
  })

  test('impossible readings (more bytes, less CPU) make no cost negative', () => {
    const one = node(BIG)
    for (let i = 0; i < 100; i += 1) {
      const bytes = 1e4 + 1e4 * (i % 10)
      one.carry(1_000, { bytes, packets: 90 }, 3, { cpuCores: 4 - bytes / 5e4 })
      const { perTrack: a, perBytePerSec: b } = one.cost()
      assert.ok(!(a < 0) && !(b < 0), `${a} ${b}`)
      assert.ok(one.tracks() >= 800 && one.tracks() <= 12_800)
    }
  })

  const absurd: Partial<Resources>[] = [
    { cpuCores: 4_096 },
    { cpuCores: 0.41 },
    { egressBytesPerSec: 1e12 },
    { egressBytesPerSec: 0 },
    { packetsPerSec: 1e9 },
    { packetsPerSec: 0 },
    { tracks: 1e8 },
    { tracks: 20 },
    { tracks: 0 },
    { cpuCores: Number.NaN },
    { cpuCores: Number.POSITIVE_INFINITY },
    { tracks: 20, cpuCores: 4_096, egressBytesPerSec: 1e12, packetsPerSec: 1e9 },
  ]
  for (const twist of absurd)
    test(`one or two absurd readings in a row change nothing: ${JSON.stringify(twist)}`, () => {
      for (const [before, times] of [
        [2, 1],
        [4, 1],
        [40, 1],
        [40, 2],
      ] as const) {
        const one = node(BIG, 0.02)
        one.carry(1_000, VIDEO, before)
        one.carry(1_000, VIDEO, times, twist)
        for (let i = 0; i < 10; i += 1) {
          one.carry(1_000, VIDEO, 1)
          const held = [3_200, trueCapacity(BIG, VIDEO)].some((t) => Math.abs(one.tracks() - t) < t * 0.05)
          assert.ok(held, `${before} readings before, ${i + 1} after: ${one.tracks()} tracks`)
        }
        near(one.tracks(), trueCapacity(BIG, VIDEO), 0.05)
      }
    })

  test('a night with little load, and CPU used by the system, does not undo what was learnt by day', () => {
    const one = node(BIG)
    one.carry(2_000, VIDEO, 100)
    const day = one.tracks()
    // 60 tracks use 0.12 of a core; the system uses as much again.
    one.carry(60, VIDEO, 14_400, { cpuCores: 0.24 })
    assert.equal(one.tracks(), day)
    for (let tracks = 60; tracks < 2_000; tracks *= 1.1) {
      one.carry(tracks, VIDEO, 5)
      near(one.tracks(), day, 0.02)
    }
  })
})
