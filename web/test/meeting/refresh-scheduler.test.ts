import assert from 'node:assert/strict'
import { beforeEach, mock, test } from 'node:test'
import { RefreshScheduler } from '../../src/meeting/refresh-scheduler.ts'

let looks: RefreshScheduler
let taken: number
beforeEach(() => {
  mock.timers.reset()
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 })
  taken = 0
  looks = new RefreshScheduler(() => taken++)
})
const step = () => Promise.resolve()

test('after the step, and once for all that happened in it', async () => {
  looks.soon()
  looks.atOnce()
  looks.soon()
  assert.equal(taken, 0)
  await step()
  assert.equal(taken, 1)
})

test('of many words in a row the first is seen at once, the others together', async () => {
  for (let i = 0; i < 10; i++) {
    looks.soon()
    await step()
    mock.timers.tick(4)
  }
  assert.equal(taken, 1)
  mock.timers.tick(10)
  assert.equal(taken, 2)
  mock.timers.tick(1_000)
  assert.equal(taken, 2)
})

test('a picture that has come pending for nobody', async () => {
  looks.soon()
  await step()
  looks.soon()
  looks.atOnce()
  await step()
  assert.equal(taken, 2)
  mock.timers.tick(1_000)
  assert.equal(taken, 2, 'what had waited was seen with it')
})

test('a clock that is set back cleanups nothing', async () => {
  looks.soon()
  await step()
  mock.timers.setTime(500_000)
  looks.soon()
  mock.timers.tick(50)
  assert.equal(taken, 2)
})
