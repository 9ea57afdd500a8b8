/** Rooms in reports: all of them whenever it is uncertain what the control plane has, else the changes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NodeReport } from '@levee/control-plane/contract'
import type { LivekitState } from '../../src/livekit/health.ts'
import type { CarriedRoom } from '@levee/control-plane/protocol/shapes/nodes'
import { RESEND_ALL_ROOMS_AFTER_MS } from '../../src/tuning/reporting.ts'
import { play, refused, STORE_DOWN, UNREACHABLE, type Failure } from '../support/play.ts'

const room = (name: string, participants = 1): CarriedRoom => ({ name, participants, tracks: 2 })
const rooms = () => [room('a~1'), room('b~1')]
const OK = undefined

/** Each report as one word: all rooms, the number of the report that it continues from, or unknown. */
const words = (sent: NodeReport[]): (number | 'whole' | 'unknown')[] =>
  sent.map(({ livekit }) => (livekit.rooms ? (livekit.since ?? 'whole') : 'unknown'))

test('all rooms in the first report of a boot, then nothing while nothing changes', async () => {
  const { sent } = await play({ report: [OK, OK, OK] }, { rooms })
  assert.deepEqual(
    sent.map(({ livekit }) => livekit),
    [
      { up: true, rooms: rooms() },
      { up: true, rooms: [], since: 1, gone: [], totals: { rooms: 2, participants: 2 } },
      { up: true, rooms: [], since: 2, gone: [], totals: { rooms: 2, participants: 2 } },
    ],
  )
})

for (const [what, failure] of [
  ['not delivered', UNREACHABLE],
  ['answered with “unavailable”', STORE_DOWN],
  ['refused', refused(422, 'impossible_report')],
  ['abandoned', { kind: 'superseded' }],
] satisfies [string, Failure][])
  test(`all rooms after a report that was ${what}`, async () => {
    const { sent } = await play({ report: [OK, OK, failure, OK, OK] }, { rooms })
    assert.deepEqual(words(sent), ['whole', 1, 2, 'whole', 4])
  })

test('all rooms when the control plane requests them', async () => {
  const { sent } = await play({ report: [OK, { wholeRooms: true }, OK, OK] }, { rooms })
  assert.deepEqual(words(sent), ['whole', 1, 'whole', 3])
})

test('all rooms after a new enrolment', async () => {
  const { sent, steps } = await play({ report: [OK, OK, refused(404, 'node_unknown'), OK, OK] }, { rooms })
  assert.deepEqual(words(sent), ['whole', 1, 2, 'whole', 4])
  assert.equal(steps.filter((step) => step === 'enrol').length, 2)
})

test('all rooms after LiveKit was down', async () => {
  const states: LivekitState[] = [
    { up: true },
    { up: true },
    { up: false, why: 'exited' },
    { up: false, why: 'exited' },
    { up: true },
    { up: true },
  ]
  let at = 0
  const { sent } = await play(
    { report: states.map(() => OK) },
    { rooms, livekit: () => states[at] ?? { up: true }, onWait: () => (at += 1) },
  )
  assert.deepEqual(words(sent), ['whole', 1, 'unknown', 'unknown', 'whole', 5])
})

test('all rooms after LiveKit was down too briefly for a report', async () => {
  let waits = 0
  const { sent } = await play(
    { report: [OK, OK, OK, OK] },
    { rooms, onWait: (loop) => void ((waits += 1) === 2 && loop.reportNow()) },
  )
  assert.deepEqual(words(sent), ['whole', 1, 'whole', 3])
})

test('LiveKit goes down during a report: the next report does not continue from it', async () => {
  let reports = 0
  const { sent } = await play(
    { report: [OK, OK, OK, OK] },
    { rooms, onReport: (loop) => void ((reports += 1) === 2 && loop.reportNow()) },
  )
  assert.deepEqual(words(sent), ['whole', 1, 'whole', 3])
})

test('after a failed reading reports still contain only changes', async () => {
  const readings = [rooms(), null, null, [room('a~1', 4)]]
  const { sent } = await play(
    { report: [OK, OK, OK, OK] },
    { rooms: () => (readings.length > 0 ? (readings.shift() ?? null) : rooms()) },
  )
  assert.deepEqual(words(sent), ['whole', 'unknown', 'unknown', 1])
  assert.deepEqual(sent[3]?.livekit.rooms, [room('a~1', 4)])
  assert.deepEqual(sent[3]?.livekit.gone, ['b~1'])
  assert.deepEqual(sent[3]?.livekit.totals, { rooms: 1, participants: 4 })
})

test('a room in `drop` is sent as long as it exists', async () => {
  const readings = [rooms(), rooms(), rooms(), [room('a~1')], [room('a~1')]]
  const drop = { drop: ['b~1'] }
  const { sent } = await play({ report: [drop, drop, OK, OK, OK] }, { rooms: () => readings.shift() ?? null })
  assert.deepEqual(
    sent.map(({ livekit }) => [livekit.rooms?.map(({ name }) => name), livekit.gone]),
    [
      [['a~1', 'b~1'], undefined],
      [['b~1'], []],
      [['b~1'], []],
      [[], ['b~1']],
      [[], []],
    ],
  )
})

test('every 15th report carries all rooms, at a different point in each agent', async () => {
  const turns = new Set<number>()
  for (const random of [0, 0.3, 0.6, 0.9]) {
    const { sent } = await play(
      { report: Array.from({ length: 40 }, () => OK) },
      { rooms, random: () => random },
    )
    const whole = sent.filter(({ livekit }) => livekit.since === undefined).map(({ seq }) => seq)
    assert.equal(whole[0], 1)
    const [, first = 0, second = 0, third = second + 15] = whole
    assert.deepEqual([second - first, third - second], [15, 15])
    turns.add(first)
  }
  assert.equal(turns.size, 4)
})

test('all rooms after a long time without an accepted report: the node may have been given up', async (t) => {
  let nowMs = 1_000
  t.mock.method(performance, 'now', () => nowMs)
  // The agent itself was suspended: no report failed, and only the elapsed time shows it.
  const passesMs = [2_000, 2_000, RESEND_ALL_ROOMS_AFTER_MS + 1, 2_000]
  const { sent } = await play(
    { report: [OK, OK, OK, OK, OK] },
    { rooms, onWait: () => void (nowMs += passesMs.shift() ?? 0) },
  )
  assert.deepEqual(words(sent), ['whole', 1, 2, 'whole', 4])
})

test('every report carries the operator’s joins per second, if there are any', async () => {
  const played = await play({ report: [OK, OK] }, { joinsPerSec: 40 })
  assert.deepEqual(
    played.sent.map(({ joinsPerSec }) => joinsPerSec),
    [40, 40],
  )
  const { sent } = await play({ report: [OK] })
  assert.ok(sent[0] && !('joinsPerSec' in sent[0]))
})
