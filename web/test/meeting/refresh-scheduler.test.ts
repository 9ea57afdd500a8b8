import assert from 'node:assert/strict'
import { beforeEach, mock, test } from 'node:test'
import { RefreshScheduler } from '../../src/meeting/refresh-scheduler.ts'

let scheduler: RefreshScheduler
let refreshed: number
beforeEach(() => {
  mock.timers.reset()
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 })
  refreshed = 0
  scheduler = new RefreshScheduler(() => refreshed++)
})
const step = () => Promise.resolve()

test('a refresh follows the current task, once for all that happened in it', async () => {
  scheduler.soon()
  scheduler.now()
  scheduler.soon()
  assert.equal(refreshed, 0)
  await step()
  assert.equal(refreshed, 1)
})

test('of many events in a row the first causes a refresh at once, the others one together', async () => {
  for (let i = 0; i < 10; i++) {
    scheduler.soon()
    await step()
    mock.timers.tick(4)
  }
  assert.equal(refreshed, 1)
  mock.timers.tick(10)
  assert.equal(refreshed, 2)
  mock.timers.tick(1_000)
  assert.equal(refreshed, 2)
})

test('a picture that has arrived is shown at once', async () => {
  scheduler.soon()
  await step()
  scheduler.soon()
  scheduler.now()
  await step()
  assert.equal(refreshed, 2)
  mock.timers.tick(1_000)
  assert.equal(refreshed, 2, 'waiting changes were shown with it')
})

test('a clock that is set back stops nothing', async () => {
  scheduler.soon()
  await step()
  mock.timers.setTime(500_000)
  scheduler.soon()
  mock.timers.tick(50)
  assert.equal(refreshed, 2)
})
