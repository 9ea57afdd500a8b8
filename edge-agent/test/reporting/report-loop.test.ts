/** The loop with scripted answers of the control plane; pauses are recorded instead of waited for. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { backoffMs } from '@levee/control-plane/protocol/backoff'
import { parseDirective } from '../../src/reporting/parse-answer.ts'
import type { ReportLoop } from '../../src/reporting/report-loop.ts'
import * as tuning from '../../src/tuning/reporting.ts'
import { play, refused, STORE_DOWN, UNREACHABLE } from '../support/play.ts'

const ERROR = 50
const WARN = 40

test('the next report follows after 75–100 % of the period', async () => {
  for (const [random, ms] of [
    [0, 1_500],
    [0.5, 1_750],
    [1, 2_000],
  ] as const) {
    const { waits } = await play({ report: [undefined, undefined, undefined] }, { random: () => random })
    assert.deepEqual(waits, [ms, ms, ms])
  }
})

test('backoff: evenly between 0 and a ceiling that doubles up to a maximum', () => {
  for (const [failures, ceiling] of [
    [1, 500],
    [2, 1_000],
    [4, 4_000],
    [5, 5_000],
    [10_000, 5_000],
  ] as const) {
    assert.equal(
      backoffMs(failures, { startMs: 500, maxMs: 5_000 }, () => 1),
      ceiling,
    )
    assert.equal(
      backoffMs(failures, { startMs: 500, maxMs: 5_000 }, () => 0.25),
      ceiling / 4,
    )
    assert.equal(
      backoffMs(failures, { startMs: 500, maxMs: 5_000 }, () => 0),
      0,
    )
  }
})

test('control plane unreachable: backoff with jitter, one log line, and one more when it is back', async () => {
  const away = Array.from({ length: 6 }, () => UNREACHABLE)
  const all = await play({ report: [undefined, ...away, undefined] })
  assert.deepEqual(all.waits, [2_000, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 2_000])
  assert.deepEqual(
    all.lines.map(({ msg }) => msg),
    ['enrolled', 'report failed; it will be retried', 'the control plane accepts reports again'],
  )
  const third = await play({ report: [undefined, ...away] }, { random: () => 0.1 })
  assert.deepEqual(third.waits.slice(1), [50, 100, 200, 400, 500, 500])
})

test('unreachable before the first enrolment: the same backoff', async () => {
  const { waits, steps, lines } = await play({
    enrol: [UNREACHABLE, UNREACHABLE, undefined],
    report: [undefined],
  })
  assert.deepEqual(waits, [500, 1_000, 2_000])
  assert.deepEqual(steps, ['enrol', 'enrol', 'enrol', 'report'])
  assert.equal(lines.filter(({ level }) => level === WARN).length, 1)
})

test('the store is down: retry after half a period', async () => {
  const { waits } = await play({ report: [STORE_DOWN, STORE_DOWN, undefined] })
  assert.deepEqual(waits, [1_000, 1_000, 2_000])
})

test('a refused enrolment is one log line and a retry every 30 s, independent of LiveKit', async () => {
  const wrong = Array.from({ length: 10 }, () => refused(401, 'enrolment_key_refused'))
  const { steps, waits, lines } = await play({ enrol: wrong }, { onWait: (loop) => loop.reportNow() })
  assert.deepEqual(
    steps,
    Array.from({ length: 10 }, () => 'enrol'),
  )
  assert.deepEqual(new Set(waits), new Set([tuning.ENROL_REFUSED_RETRY_MS]))
  assert.equal(tuning.ENROL_REFUSED_RETRY_MS, 30_000)
  assert.deepEqual(
    lines.map(({ level, msg }) => ({ level, msg })),
    [{ level: ERROR, msg: 'enrolment refused: enrolment_key_refused.' }],
  )
})

for (const [status, code] of [
  [404, 'node_unknown'],
  [401, 'node_unauthorized'],
] as const)
  test(`the control plane does not know the node (${status}): enrols again at once, then more and more slowly`, async () => {
    const once = await play({ report: [undefined, refused(status, code), undefined] })
    assert.deepEqual(once.steps, ['enrol', 'report', 'report', 'enrol', 'report'])
    assert.deepEqual(once.waits, [2_000, 0, 2_000])

    const never = await play({ report: Array.from({ length: 9 }, () => refused(status, code)) })
    assert.deepEqual(never.waits, [0, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
    assert.equal(never.lines.filter(({ level }) => level === ERROR).length, 1)
  })

test('after a refused report the agent does not enrol again and keeps reporting', async () => {
  const bad = refused(422, 'impossible_report')
  const { steps, waits } = await play({ report: [bad, bad, undefined] })
  assert.deepEqual(steps, ['enrol', 'report', 'report', 'report'])
  assert.deepEqual(waits, [2_000, 2_000, 2_000])
})

test('a change of LiveKit’s state that was not accepted is sent again within 50 ms, then more and more slowly', async () => {
  let up = true
  const { waits } = await play(
    { report: [undefined, UNREACHABLE, STORE_DOWN, UNREACHABLE, undefined] },
    {
      livekit: () => (up ? { up } : { up, why: 'exited' }),
      onWait: () => (up = false),
    },
  )
  assert.deepEqual(waits, [2_000, 50, 100, 200, 2_000])
})

test('a change of LiveKit’s state ends the pause', async () => {
  const ended: boolean[] = []
  const onWait = (loop: ReportLoop, signal: AbortSignal) => {
    const before = signal.aborted
    loop.reportNow()
    ended.push(!before && signal.aborted)
  }
  await play({ report: [undefined, UNREACHABLE, STORE_DOWN] }, { onWait })
  assert.deepEqual(ended, [true, true, true])
})

test('a draining node reports at once and twice a second, also while no report is accepted', async () => {
  const ended: boolean[] = []
  const drains = (loop: ReportLoop, signal: AbortSignal) => {
    if (ended.length === 1) loop.drain(performance.now() + 60_000)
    ended.push(signal.aborted)
  }
  const { waits, sent } = await play(
    {
      report: [undefined, undefined, undefined, UNREACHABLE, UNREACHABLE, UNREACHABLE, STORE_DOWN, undefined],
    },
    { onWait: drains },
  )
  assert.deepEqual(ended, [false, true, false, false, false, false, false, false])
  assert.deepEqual(waits, [2_000, 2_000, 500, 500, 500, 500, 250, 500])
  assert.deepEqual(
    sent.map(({ leaving }) => leaving?.withinSec),
    [undefined, undefined, 60, 60, 60, 60, 60, 60],
  )
  // The last report was certainly received, so the next one continues from it.
  assert.equal(sent[2]?.livekit.since, 2)
})

test('a drain does not interrupt a report in progress: the orders in its answer are sent only once', async () => {
  let reports = 0
  const { sent, waits } = await play(
    { report: [undefined, undefined, undefined] },
    {
      onReport(loop, signal) {
        if ((reports += 1) === 2) loop.drain(performance.now() + 500)
        assert.equal(signal.aborted, false)
      },
    },
  )
  assert.deepEqual(waits, [2_000, 500, 500])
  assert.deepEqual(
    sent.map(({ livekit, leaving }) => [livekit.since, leaving?.withinSec]),
    [
      [undefined, undefined],
      [1, undefined],
      [2, 1],
    ],
  )
})

test('the final report says that LiveKit is down; a node that never enrolled sends none', async () => {
  const loops: ReportLoop[] = []
  const played = await play({ report: [undefined, undefined] }, { onWait: (loop) => void loops.push(loop) })
  await loops[0]?.sendFinalReport()
  assert.partialDeepStrictEqual(played.sent.at(-1), {
    seq: 3,
    livekit: { up: false, rooms: null },
  })
  const away = await play({ enrol: [UNREACHABLE] }, { onWait: (loop) => void loops.push(loop) })
  await loops.at(-1)?.sendFinalReport()
  assert.deepEqual(away.sent, [])
})

test('an answer of the wrong shape is not a directive; a period out of range is clamped', () => {
  const good = {
    protocol: 1,
    state: 'cordoned',
    drop: ['a~1'],
    moved: ['b~2'],
    changed: ['c~3'],
    wholeRooms: false,
    reportEveryMs: 1_000,
  }
  assert.deepEqual(parseDirective({ ...good, more: 1 }), { ...good, more: 1 }, 'unknown fields are kept')
  assert.equal(parseDirective({ ...good, reportEveryMs: 1 })?.reportEveryMs, 100)
  assert.equal(parseDirective({ ...good, reportEveryMs: 1e9 })?.reportEveryMs, 60_000)
  // An older control plane that has none of these fields: sending all rooms is never wrong.
  const { moved: _, changed: __, wholeRooms: ___, ...older } = good
  assert.deepEqual(parseDirective(older), { ...good, moved: [], changed: [], wholeRooms: true })
  for (const bad of [
    undefined,
    null,
    [],
    'serving',
    {},
    { ...good, state: 'asleep' },
    { ...good, drop: 'a~1' },
    { ...good, moved: 'a~1' },
    { ...good, changed: 1 },
    { ...good, drop: ['a~1', 2, null] },
    { ...good, moved: ['a~1', 2, null] },
    { ...good, changed: ['a~1', 2, null] },
    { ...good, wholeRooms: 'no' },
    { ...good, offlineGrant: 7 },
    { ...good, reportEveryMs: 'soon' },
    { ...good, reportEveryMs: null },
  ])
    assert.equal(parseDirective(bad), undefined)
})
