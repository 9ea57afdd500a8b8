import assert from 'node:assert/strict'
import { beforeEach, mock, test } from 'node:test'
import type { JoinAnswer } from '@levee/control-plane/contract'
import type { Answer } from '../../../src/api/client.ts'
import { RejoinLoop } from '../../../src/meeting/failover/rejoin-loop.ts'
import { answerOf } from '../fake-room.ts'

const SAME: Answer<JoinAnswer> = { ok: true, value: answerOf(1) }

let asked: { atMs: number; lost: number | undefined }[]
let answer: Answer<JoinAnswer>
let retryable: boolean

const newRejoinLoop = (onAnswer = () => {}) =>
  new RejoinLoop(
    async (lost) => {
      asked.push({ atMs: Date.now(), lost })
      return answer
    },
    onAnswer,
    () => retryable,
  )

async function passSlowly(ms: number) {
  for (let done = 0; done < ms; done += 10) {
    mock.timers.tick(10)
    for (let i = 0; i < 5; i++) await Promise.resolve()
  }
}
const pauses = () => asked.slice(1).map(({ atMs }, i) => atMs - (asked[i]?.atMs ?? 0))
const near = (value: number | undefined, wanted: number) =>
  assert.ok(
    value !== undefined && Math.abs(value - wanted) <= wanted * 0.2 + 20,
    `${value}, not about ${wanted}`,
  )

beforeEach(() => {
  mock.timers.reset()
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 })
  asked = []
  answer = SAME
  retryable = true
})

test('calls at once, after 250 ms, after 500 ms, then each second, each within a fifth', async () => {
  newRejoinLoop().start(() => 7)
  assert.equal(asked.length, 1, 'at once')
  await passSlowly(5_000)
  const [first, second, third, fourth] = pauses()
  near(first, 250)
  near(second, 500)
  near(third, 1_000)
  near(fourth, 1_000)
  assert.ok(asked.every(({ lost }) => lost === 7))
})

test('a refusal’s Retry-After is respected, up to 2 s', async () => {
  answer = { ok: false, refusal: { code: 'fleet_full', retryAfterSec: 30 } }
  newRejoinLoop().start(() => 1)
  await passSlowly(5_500)
  for (const pause of pauses()) near(pause, 2_000)
  assert.ok(asked.length >= 3)
})

test('a node that does not accept us causes repeated calls, but not a burst', async () => {
  const rejoinLoop: RejoinLoop = newRejoinLoop(() => {
    rejoinLoop.stop()
    rejoinLoop.start(() => 1)
  })
  rejoinLoop.start(() => 1)
  await passSlowly(3_000)
  assert.ok(asked.length >= 3 && asked.length <= 7, `${asked.length} calls`)
})

test('after a final refusal there is no further call', async () => {
  answer = { ok: false, refusal: { code: 'rejoin_refused' } }
  retryable = false
  newRejoinLoop().start(() => 1)
  await passSlowly(5_000)
  assert.equal(asked.length, 1)
})

test('once() calls once, without a lost epoch; after a refusal it is tried again', async () => {
  const rejoinLoop = newRejoinLoop()
  rejoinLoop.once(300)
  await passSlowly(200)
  assert.equal(asked.length, 0)
  await passSlowly(5_000)
  assert.deepEqual(
    asked.map(({ lost }) => lost),
    [undefined],
  )
  answer = { ok: false, refusal: { code: 'unreachable' } }
  rejoinLoop.once()
  await passSlowly(100)
  answer = SAME
  await passSlowly(5_000)
  assert.equal(asked.length, 3)
})

test('the next repeated call can be brought forward, and only while calls are repeated', async () => {
  const rejoinLoop = newRejoinLoop()
  rejoinLoop.now()
  assert.equal(asked.length, 0)
  rejoinLoop.start(() => 1)
  await passSlowly(50)
  rejoinLoop.now()
  assert.equal(asked.length, 2)
})

test('no call after close', async () => {
  const rejoinLoop = newRejoinLoop()
  rejoinLoop.start(() => 1)
  rejoinLoop.close()
  rejoinLoop.once()
  await passSlowly(3_000)
  assert.equal(asked.length, 1)
})
