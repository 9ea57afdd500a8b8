/** A control plane comes back to many agents after an outage. Time is virtual. */
import { PROTOCOL_VERSION } from '@levee/control-plane/protocol/version'
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
/** Reports per bin in a healthy fleet: one every 1,750 ms from each agent. */
const EVEN = (AGENTS * BIN_MS) / (PERIOD_MS * 0.875)

type Sent = { atMs: number; agent: number; report: NodeReport; taken: boolean }

/**
 * A fleet whose control plane is down between `AWAY_FROM_MS` and `backMs`. `refuses`: nothing listens on the port.
 * `hangs`: requests wait, and those that have not timed out are all answered at the end.
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
      enrol: async () => ({
        kind: 'ok',
        value: { protocol: PROTOCOL_VERSION, node: 'edge-1', seal: 's'.repeat(22), reportEveryMs: PERIOD_MS },
      }),
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
    if (!next) throw new Error('no timer is left')
    nowMs = next.atMs
    next.fire()
    // Everything that follows from the timer happens at the same virtual time.
    if (timers.at(-1)?.atMs !== nowMs) await new Promise((resolve) => setImmediate(resolve))
  }
  for (const loop of loops) loop.stop()
  return sent
}

/** The n-th accepted report of each agent after the outage. */
const nthTaken = (sent: Sent[], backMs: number, n: number): Sent[] => {
  const seen = new Map<number, number>()
  return sent.filter(({ atMs, agent, taken }) => {
    if (!taken || atMs < backMs) return false
    const count = (seen.get(agent) ?? 0) + 1
    seen.set(agent, count)
    return count === n
  })
}
/** The largest number of reports in one bin. */
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

describe('down for a minute, nothing listens', async () => {
  const sent = await fleet('refuses', BACK_MS, BACK_MS + 10_000)
  const first = nthTaken(sent, BACK_MS, 1)

  test('every agent is back within 5 s, with all its rooms', () => {
    assert.equal(first.length, AGENTS)
    assert.ok(first.every(({ atMs }) => atMs - BACK_MS <= 5_000))
    assert.ok(first.every(({ report }) => report.livekit.rooms && report.livekit.since === undefined))
    for (const { report } of nthTaken(sent, BACK_MS, 2))
      assert.ok(report.livekit.since === report.seq - 1 || report.livekit.since === undefined)
  })

  test('the first reports are spread over more than a period, without a burst beyond a healthy fleet', (t) => {
    const after = sent.filter(({ atMs }) => atMs >= BACK_MS)
    t.diagnostic(
      `spread over ${Math.round(span(first))} ms, peak ${(peak(first) / EVEN).toFixed(2)} × even, ` +
        `all reports ${(peak(after) / EVEN).toFixed(2)} ×`,
    )
    assert.ok(span(first) >= PERIOD_MS)
    assert.ok(peak(first) < EVEN * 1.25)
    assert.ok(peak(after) < EVEN * 1.6)
  })

  test('a waiting fleet sends no more requests than a healthy one', () => {
    const waiting = sent.filter(({ atMs }) => atMs > AWAY_FROM_MS + 15_000 && atMs < BACK_MS)
    assert.ok(waiting.length / ((BACK_MS - AWAY_FROM_MS - 15_000) / BIN_MS) < EVEN)
  })
})

describe('hangs for a minute, then answers all waiting requests at once', async () => {
  const sent = await fleet('hangs', BACK_MS, BACK_MS + 10_000)

  test('the waiting reports are accepted at the same moment; after that the agents do not stay in step', (t) => {
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

for (const [awayMs, burst] of [
  // During the first two retries the agents have not yet spread over a period.
  [1_000, 3.5],
  [3_000, 1.6],
] as const)
  test(`down for only ${awayMs} ms: a burst of at most ${burst} times the reports of a healthy fleet`, async (t) => {
    const backMs = AWAY_FROM_MS + awayMs
    const sent = await fleet('refuses', backMs, backMs + 6_000)
    const seenBurst = peak(sent.filter(({ atMs }) => atMs >= backMs)) / EVEN
    const spreadMs = Math.round(span(nthTaken(sent, backMs, 1)))
    t.diagnostic(`${seenBurst.toFixed(2)} × even, first reports spread over ${spreadMs} ms`)
    assert.ok(seenBurst < burst)
    assert.ok(spreadMs >= PERIOD_MS * 0.75)
  })
