/** A control plane that was away for a while and comes back to many agents. Time is played, in virtual milliseconds. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { NodeReport } from '@levee/control-plane/contract'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import type { ControlPlane, Outcome } from '../../src/reporting/control-plane-client.ts'
import { agentMetrics } from '../../src/metrics.ts'
import { reportLoop, type ReportLoop } from '../../src/reporting/report-loop.ts'
import { CONTROL_PLANE_TIMEOUT_MS } from '../../src/tuning/reporting.ts'
import { DIRECTIVE, ENROLMENT, IDLE } from '../support/play.ts'

const AGENTS = 600
const PERIOD_MS = 2_000
const AWAY_FROM_MS = 10_000
const BIN_MS = 200
/** Reports in a bin of a fleet whose reports lie evenly: one each 1,750 ms from every agent. */
const EVEN = (AGENTS * BIN_MS) / (PERIOD_MS * 0.875)

type Sent = { atMs: number; agent: number; report: NodeReport; taken: boolean }

/**
 * A fleet in which nothing answers between `AWAY_FROM_MS` and `backMs`. `refuses`: nobody listens on the port.
 * `hangs`: questions wait, and are answered all together at its return if they have not been given up.
 */
async function fleet(how: 'refuses' | 'hangs', backMs: number, untilMs: number): Promise<Sent[]> {
  let state = 1
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  let nowMs = 0
  const timers: { atMs: number; fire: () => void }[] = []
  const sleep = (ms: number) =>
    new Promise<void>((fire) => {
      const atMs = nowMs + ms
      let low = 0
      for (let high = timers.length; low < high;) {
        const middle = (low + high) >> 1
        if ((timers[middle]?.atMs ?? 0) > atMs) low = middle + 1
        else high = middle
      }
      timers.splice(low, 0, { atMs, fire })
    })
  const sent: Sent[] = []
  const metrics = agentMetrics(new Registry(), '0')
  const log = pino({ level: 'silent' })
  const gone: Outcome<never> = { kind: 'unreachable', detail: 'away' }
  const reach = async (): Promise<boolean> => {
    if (nowMs < AWAY_FROM_MS || nowMs >= backMs) return true
    if (how === 'refuses') return false
    const waitMs = Math.min(CONTROL_PLANE_TIMEOUT_MS, backMs - nowMs)
    await sleep(waitMs)
    return waitMs < CONTROL_PLANE_TIMEOUT_MS
  }
  const loops: ReportLoop[] = []
  for (let agent = 0; agent < AGENTS; agent += 1) {
    const controlPlane: ControlPlane = {
      enrol: async () => ({ kind: 'ok', value: { node: 'edge-1', reportEveryMs: PERIOD_MS } }),
      report: async (report) => {
        const taken = await reach()
        sent.push({ atMs: nowMs, agent, report, taken })
        return taken ? { kind: 'ok', value: { ...DIRECTIVE, reportEveryMs: PERIOD_MS } } : gone
      },
    }
    const loop = reportLoop({
      bootId: `boot-${agent}`,
      enrolment: ENROLMENT,
      controlPlane,
      livekitState: () => ({ up: true }),
      readings: { take: async () => IDLE, withoutLivekit: () => IDLE },
      apply: () => {},
      metrics,
      log,
      random,
      wait: sleep,
    })
    loops.push(loop)
    void sleep(random() * PERIOD_MS).then(() => loop.run())
  }
  while (nowMs < untilMs) {
    const next = timers.pop()
    if (!next) throw new Error('nobody waits')
    nowMs = next.atMs
    next.fire()
    // Lets everything that follows from it happen at this very time.
    if (timers.at(-1)?.atMs !== nowMs) await new Promise((resolve) => setImmediate(resolve))
  }
  for (const loop of loops) loop.stop()
  return sent
}

/** The n-th report of each agent that was taken after the return. */
const nthTaken = (sent: Sent[], backMs: number, n: number): Sent[] => {
  const seen = new Map<number, number>()
  return sent.filter(({ atMs, agent, taken }) => {
    if (!taken || atMs < backMs) return false
    const count = (seen.get(agent) ?? 0) + 1
    seen.set(agent, count)
    return count === n
  })
}
/** Most reports that fall into one bin. */
const peak = (sent: Sent[]): number => {
  const bins = new Map<number, number>()
  for (const { atMs } of sent)
    bins.set(Math.floor(atMs / BIN_MS), (bins.get(Math.floor(atMs / BIN_MS)) ?? 0) + 1)
  return Math.max(...bins.values())
}
const span = (sent: Sent[]): number => {
  const times = sent.map(({ atMs }) => atMs)
  return Math.max(...times) - Math.min(...times)
}

const BACK_MS = AWAY_FROM_MS + 60_000

describe('away for a minute, nobody listening', async () => {
  const sent = await fleet('refuses', BACK_MS, BACK_MS + 10_000)
  const first = nthTaken(sent, BACK_MS, 1)

  test('every agent is back within 5 s, with all its rooms', () => {
    assert.equal(first.length, AGENTS)
    assert.ok(first.every(({ atMs }) => atMs - BACK_MS <= 5_000))
    assert.ok(first.every(({ report }) => report.livekit.rooms && report.livekit.since === undefined))
    for (const { report } of nthTaken(sent, BACK_MS, 2))
      assert.ok(report.livekit.since === report.seq - 1 || report.livekit.since === undefined)
  })

  test('the first reports are spread over more than an interval, no gust beyond a healthy fleet', (t) => {
    const after = sent.filter(({ atMs }) => atMs >= BACK_MS)
    t.diagnostic(
      `spread over ${Math.round(span(first))} ms, peak ${(peak(first) / EVEN).toFixed(2)} × even, ` +
        `all reports ${(peak(after) / EVEN).toFixed(2)} ×`,
    )
    assert.ok(span(first) >= PERIOD_MS)
    assert.ok(peak(first) < EVEN * 1.25)
    assert.ok(peak(after) < EVEN * 1.6)
  })

  test('waiting, the fleet asks no more often than it reports in health', () => {
    const waiting = sent.filter(({ atMs }) => atMs > AWAY_FROM_MS + 15_000 && atMs < BACK_MS)
    assert.ok(waiting.length / ((BACK_MS - AWAY_FROM_MS - 15_000) / BIN_MS) < EVEN)
  })
})

describe('hanging for a minute, then answering all that wait at once', async () => {
  const sent = await fleet('hangs', BACK_MS, BACK_MS + 10_000)

  test('what was asked while it hung is taken at one moment; from then on nobody marches in step', (t) => {
    const together = nthTaken(sent, BACK_MS, 1).filter(({ atMs }) => atMs < BACK_MS + 1)
    assert.ok(together.length > AGENTS / 3, `${together.length} at once`)
    const second = nthTaken(sent, BACK_MS, 2)
    const after = sent.filter(({ atMs }) => atMs >= BACK_MS + 1)
    t.diagnostic(
      `${together.length} at once, second reports spread over ${Math.round(span(second))} ms, ` +
        `all later reports at most ${(peak(after) / EVEN).toFixed(2)} × even`,
    )
    assert.ok(span(second) >= PERIOD_MS)
    assert.ok(peak(after) < EVEN * 1.6)
  })
})

for (const [awayMs, gust] of [
  // Within the first two tries of the back-off those that failed have not yet spread over an interval.
  [1_000, 3.5],
  [3_000, 1.6],
] as const)
  test(`away for ${awayMs} ms only: no more than ${gust} times the reports of a healthy fleet, for a moment`, async (t) => {
    const backMs = AWAY_FROM_MS + awayMs
    const sent = await fleet('refuses', backMs, backMs + 6_000)
    const gustSeen = peak(sent.filter(({ atMs }) => atMs >= backMs)) / EVEN
    const spreadMs = Math.round(span(nthTaken(sent, backMs, 1)))
    t.diagnostic(`${gustSeen.toFixed(2)} × even, first reports spread over ${spreadMs} ms`)
    assert.ok(gustSeen < gust)
    assert.ok(spreadMs >= PERIOD_MS * 0.75)
  })
