/** Only readings of a LiveKit that was up all the time, on a machine without CPU steal, are used for learning. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { Overrides } from '../../src/capacity/capacity.ts'
import type { HostReader } from '../../src/readings/host.ts'
import type { LivekitMetrics, LivekitReader } from '../../src/livekit/reader.ts'
import { startReadings } from '../../src/readings/readings.ts'

const NONE = {
  cpuCores: undefined,
  tracks: undefined,
  egressBytesPerSec: undefined,
  packetsPerSec: undefined,
}
const CORES = 4
const START = 1_600
/** 4 cores at 90 % over 1.5 ms of a core for each track. */
const LEARNT = 2_400
const CPU_PER_TRACK = 0.0015

/** A machine whose LiveKit can carry 600 tracks at 1.5 ms of a core each. Time is set by the test. */
async function machine(t: TestContext, overrides: Partial<Overrides> = {}) {
  let nowMs = 1_000_000
  t.mock.method(performance, 'now', () => nowMs)
  const counters = { busy: 0, steal: 0, idle: 0, cpuSeconds: 0, bytes: 1, packets: 1 }
  const now = { tracks: 600, coresPerTrack: CPU_PER_TRACK, steal: 0, broken: false }
  const pass = (ms: number) => {
    nowMs += ms
    const seconds = ms / 1_000
    const cores = now.tracks * now.coresPerTrack
    counters.cpuSeconds += cores * seconds
    counters.busy += cores * seconds
    counters.steal += now.steal * CORES * seconds
    counters.idle += (CORES * (1 - now.steal) - cores) * seconds
    counters.bytes += now.tracks * 10_000 * seconds
    counters.packets += now.tracks * 50 * seconds
  }
  const hostReader: HostReader = {
    shape: async () => ({ cores: CORES, cpuLimitCores: undefined, nicBytesPerSec: 1.25e9 }),
    sample: async () => ({
      atMs: nowMs,
      cpu: { busy: counters.busy, steal: counters.steal, idle: counters.idle },
      cgroup: {
        cpuLimitCores: undefined,
        cpuSecondsTotal: counters.cpuSeconds,
        memoryLimitBytes: undefined,
        memoryUsedBytes: undefined,
      },
      memoryUsedBytes: 1,
      memoryLimitBytes: 2,
      transmitBytesTotal: undefined,
    }),
  }
  const livekit: LivekitReader = {
    rooms: async () => [],
    async metrics(): Promise<LivekitMetrics> {
      if (now.broken) throw new Error('no answer')
      return {
        tracks: now.tracks,
        participants: 100,
        egressBytesTotal: counters.bytes,
        packetsTotal: counters.packets,
        cpuSecondsTotal: counters.cpuSeconds,
        startedAtSec: undefined,
      }
    },
  }
  const { readings } = await startReadings({
    livekit,
    hostReader,
    scope: 'cgroup',
    overrides: { ...NONE, ...overrides },
    onFailure: () => {},
    onSuccess: () => {},
  })
  return {
    now,
    readings,
    /** Takes a reading every 2 s for this time; returns the capacity in tracks of the last one. */
    async readingsFor(ms: number, up = true): Promise<number> {
      let tracks = Number.NaN
      for (let passed = 0; passed < ms; passed += 2_000) {
        pass(2_000)
        tracks = (await readings.take(up)).capacity.tracks
      }
      return tracks
    },
    restart: () => Object.assign(counters, { bytes: 0, packets: 0 }),
  }
}
const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) <= expected * 0.02, `${actual} is not about ${expected}`)

test('a node learns its capacity within half a minute', async (t) => {
  const one = await machine(t)
  assert.equal(one.readings.withoutLivekit().capacity.tracks, START)
  near(await one.readingsFor(30_000), LEARNT)
})

test('nothing is learnt while the hypervisor takes CPU time', async (t) => {
  const one = await machine(t)
  await one.readingsFor(30_000)
  Object.assign(one.now, { steal: 0.2, coresPerTrack: 0.004 })
  near(await one.readingsFor(120_000), LEARNT)
  one.now.steal = 0.01
  assert.ok((await one.readingsFor(120_000)) < LEARNT * 0.6)
})

test('a failed scrape changes nothing that was learnt', async (t) => {
  const one = await machine(t)
  await one.readingsFor(30_000)
  Object.assign(one.now, { broken: true, coresPerTrack: 0.004 })
  near(await one.readingsFor(60_000), LEARNT)
})

for (const reported of ['with the next reading', 'at once'])
  test(`LiveKit down, reported ${reported}: nothing is learnt until the rates no longer look back on it`, async (t) => {
    const one = await machine(t)
    await one.readingsFor(30_000)
    one.now.coresPerTrack = 0
    if (reported === 'at once') {
      one.readings.withoutLivekit()
      await one.readingsFor(2_000)
    } else await one.readingsFor(6_000, false)
    one.restart()
    // It fills again, at another cost per track than before.
    one.now.coresPerTrack = 0.004
    near(await one.readingsFor(8_000), LEARNT)
    assert.ok((await one.readingsFor(120_000)) < LEARNT * 0.6)
  })

test('the operator’s setting takes precedence over the learnt value', async (t) => {
  const one = await machine(t, { tracks: 77, cpuCores: 2 })
  assert.equal(await one.readingsFor(30_000), 77)
  assert.equal(one.readings.withoutLivekit().capacity.cpuCores, 2)
})

test('the minimum CPU for learning depends on the cores that the operator set', async (t) => {
  const one = await machine(t, { cpuCores: 100 })
  assert.equal(await one.readingsFor(30_000), 40_000)
})
