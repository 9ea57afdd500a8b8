/** Scripts and clients for the tests of one topology, and how long calls may go without an answer. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { inspect } from 'node:util'
import type { TestContext } from 'node:test'
import { pino } from 'pino'
import { sendRedisCommand } from '../../../../deploy/stack/redis/redis.ts'
import { until, type UntilOptions } from '../../../../deploy/stack/until.ts'
import { openRedis, type RedisClient, StoreUnavailable } from '../../../src/redis/connection/client.ts'
import { REDIS_COMMAND_TIMEOUT_MS } from '../../../src/tuning/redis.ts'
import type { Script } from '../../../src/redis/scripting/load-script.ts'

/** `#!lua`: without it Redis lets a script touch other slots, as long as they are on the same node. */
function script(body: string): Script {
  const source = `#!lua\n${body}`
  return { name: 'test', source, sha: createHash('sha1').update(source).digest('hex') }
}
export const COUNT = script(`redis.call('SET', KEYS[1] .. ':said', ARGV[1])
return { redis.call('INCR', KEYS[1] .. ':count'), redis.call('GET', KEYS[1] .. ':said') }`)
export const REFUSE = script('return redis.error_reply(ARGV[1])')
export const READ = script(`return redis.call('GET', ARGV[1])`)

/** How late a time limit may be: a heartbeat, and a busy machine. */
const SLACK_MS = 400
export const BACK_WITHIN_MS = 2_000

export type Opened = RedisClient & { logged: string[]; count(shardPrefix: string): Promise<number> }

/** A client that is connected; it is closed when the test ends. */
export async function open(t: TestContext, url: string): Promise<Opened> {
  const logged: string[] = []
  const log = pino({ base: null }, { write: (line) => void logged.push(JSON.parse(line).msg) })
  const store = openRedis(url, log)
  t.after(() => store.destroy())
  const count = async (shardPrefix: string) => ((await store.run(COUNT, shardPrefix, ['x'])) as [number])[0]
  await until(() => logged.length > 0 && store.ping().then(() => true), {
    what: 'the store answers',
    everyMs: 5,
  })
  return { ...store, logged, count }
}

export type Outcome = { ms: number; value?: unknown; error?: unknown }

export async function outcomeOf(call: () => Promise<unknown>): Promise<Outcome> {
  const start = performance.now()
  const outcome = await call().then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  return { ms: performance.now() - start, ...outcome }
}

/** Failed as unavailable, within the time limit. */
export function assertUnavailable(outcome: Outcome): void {
  assert.ok(outcome.error instanceof StoreUnavailable, inspect(outcome))
  assert.ok(outcome.ms < REDIS_COMMAND_TIMEOUT_MS + SLACK_MS, `took ${outcome.ms} ms`)
}

/** As until, but a condition that throws ends the wait with its error. */
export async function untilStrictly(condition: () => Promise<unknown>, options: UntilOptions): Promise<void> {
  const failures: unknown[] = []
  const settle = () => condition().catch((error: unknown) => failures.push(error))
  await until(settle, options)
  if (failures.length > 0) throw failures[0]
}

/** Calls without a pause until it works, and returns how long that took. Every failure before must be "unavailable". */
export async function msUntilServed(call: () => Promise<unknown>, limitMs: number): Promise<number> {
  const start = performance.now()
  await untilStrictly(
    async () => {
      const outcome = await outcomeOf(call)
      if ('error' in outcome) return assertUnavailable(outcome)
      return true
    },
    { what: 'the store serves again', timeoutMs: limitMs, everyMs: 5 },
  )
  return Math.round(performance.now() - start)
}

/** Calls repeatedly until the returned function is called, which resolves to the longest time without an answer. */
export function longestGap(call: () => Promise<unknown>): () => Promise<number> {
  let [served, longest, isOver] = [performance.now(), 0, false]
  const asking = untilStrictly(
    async () => {
      const outcome = await outcomeOf(call)
      if ('error' in outcome) return assertUnavailable(outcome)
      longest = Math.max(longest, performance.now() - served)
      served = performance.now()
      return isOver
    },
    { what: 'the end of the calls', timeoutMs: 60_000, everyMs: 5 },
  )
  return async () => {
    isOver = true
    await asking
    return Math.round(longest)
  }
}

/** Waits until the replica has acknowledged everything that this primary has written. */
export function untilCopied(port: number): Promise<unknown> {
  return until(
    async () => {
      const info = await sendRedisCommand(port, 'INFO replication')
      const copied = /slave0:.*offset=(\d+)/.exec(info)?.[1]
      return copied !== undefined && copied === /master_repl_offset:(\d+)/.exec(info)?.[1]
    },
    { what: 'the replica has everything' },
  )
}
