import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { pino } from 'pino'
import { until } from '../../../../deploy/stack/until.ts'
import { openSandbox } from '../../../../deploy/stack/sandbox.ts'
import { openRedis } from '../../../src/redis/connection/client.ts'
import {
  assertUnavailable,
  BACK_WITHIN_MS,
  COUNT,
  msUntilServed,
  open,
  outcomeOf,
  untilStrictly,
} from './store-client.ts'
import { type SingleRedis, startSingle } from './topologies.ts'

const sandbox = await openSandbox('redis')
let single: SingleRedis
before(async () => {
  single = await startSingle(sandbox)
})
after(sandbox.close)

describe('one Redis', () => {
  test('hung: calls fail after a second, then at once, also under load; later it serves again', async (t) => {
    const store = await open(t, single.url)
    await store.count('{h}')
    // Constant writes: a socket timeout starts again with each write and would never fire.
    const load = setInterval(() => void store.count('{h}').catch(() => {}), 10)
    t.after(() => clearInterval(load))
    single.redis.kill('SIGSTOP')
    const stopped = performance.now()
    assertUnavailable(await outcomeOf(() => store.count('{h}')))
    await untilStrictly(
      async () => {
        const outcome = await outcomeOf(() => store.count('{h}'))
        assertUnavailable(outcome)
        return outcome.ms < 20
      },
      { what: 'calls fail at once', timeoutMs: 1_000, everyMs: 5 },
    )
    t.diagnostic(`refused at once after ${Math.round(performance.now() - stopped)} ms`)
    single.redis.kill('SIGCONT')
    t.diagnostic(`served after ${await msUntilServed(() => store.count('{h}'), BACK_WITHIN_MS)} ms`)
    await until(() => store.logged.length === 3, { what: 'it is logged' })
    assert.deepEqual(store.logged, ['redis is connected', 'redis is unavailable', 'redis is back'])
  })

  test('a hang is also noticed while idle', async (t) => {
    const store = await open(t, single.url)
    single.redis.kill('SIGSTOP')
    await until(() => store.logged.includes('redis is unavailable'), {
      what: 'it is logged',
      timeoutMs: 3_000,
    })
    single.redis.kill('SIGCONT')
    await msUntilServed(() => store.count('{h}'), BACK_WITHIN_MS)
  })

  test('killed: calls fail at once; it serves again when it is back; a client may be opened meanwhile', async (t) => {
    const store = await open(t, single.url)
    single.redis.kill('SIGKILL')
    await single.redis.exited
    await until(async () => (await outcomeOf(() => store.ping())).error, { what: 'the socket is closed' })
    assert.ok((await outcomeOf(() => store.count('{k}'))).ms < 20)
    const early = openRedis(single.url, pino({ enabled: false }))
    t.after(() => early.destroy())
    await until(() => store.logged.includes('redis is unavailable'), { what: 'it is logged' })
    await single.redis.restart()
    const ms = await msUntilServed(() => store.count('{k}'), BACK_WITHIN_MS)
    t.diagnostic(`served ${ms} ms after its return`)
    await msUntilServed(() => early.run(COUNT, '{k}', ['x']), BACK_WITHIN_MS)
    await until(() => store.logged.length === 3, { what: 'it is logged' })
    assert.deepEqual(store.logged, ['redis is connected', 'redis is unavailable', 'redis is back'])
  })
})
