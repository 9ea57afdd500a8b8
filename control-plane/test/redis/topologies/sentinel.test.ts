import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { pino } from 'pino'
import type { RedisSentinel } from '../../../../deploy/stack/redis/sentinel.ts'
import { isReplicaInSync, type RedisProcess, sendRedisCommand } from '../../../../deploy/stack/redis/redis.ts'
import { until } from '../../../../deploy/stack/until.ts'
import { openSandbox } from '../../../../deploy/stack/sandbox.ts'
import { openRedis } from '../../../src/redis/connection/client.ts'
import {
  assertUnavailable,
  BACK_WITHIN_MS,
  COUNT,
  longestGap,
  msUntilServed,
  open,
  outcomeOf,
  READ,
  untilCopied,
  untilStrictly,
} from './store-client.ts'
import { startSentinel } from './topologies.ts'

const sandbox = await openSandbox('redis')
let sentinel: RedisSentinel
before(async () => {
  sentinel = await startSentinel(sandbox)
})
after(sandbox.close)

describe('a primary with sentinels', () => {
  const [NAME, LOOPBACK] = ['levee', '127.0.0.1']

  /** The primary and its replica, once all sentinels agree and no failover is under way. */
  async function pair(): Promise<[RedisProcess, RedisProcess]> {
    const { primary, replica, sentinels } = sentinel
    const names = async ({ port }: RedisProcess) =>
      (await sendRedisCommand(port, `SENTINEL GET-MASTER-ADDR-BY-NAME ${NAME}`)).split('\r\n')[4]
    // A sentinel that last saw a primary there, up to 10 s ago, would undo the next failover.
    const seesReplica = async ({ port }: RedisProcess) =>
      /role-reported\r\n\S+\r\nslave/.test(await sendRedisCommand(port, `SENTINEL REPLICAS ${NAME}`))
    return until(
      async (): Promise<[RedisProcess, RedisProcess] | false> => {
        const [named, ...others] = await Promise.all(sentinels.map(names))
        const [first, second] = named === String(primary.port) ? [primary, replica] : [replica, primary]
        const isAgreed = others.every((other) => other === named) && named === String(first.port)
        const isSeen = (await Promise.all(sentinels.map(seesReplica))).every(Boolean)
        return isAgreed && isSeen && (await isReplicaInSync(second.port)) ? [first, second] : false
      },
      { what: 'one primary and one replica', timeoutMs: 60_000 },
    )
  }

  test('a replica that was used as a primary is unavailable', async (t) => {
    const [, replica] = await pair()
    const store = await open(t, `redis://${LOOPBACK}:${replica.port}`)
    assertUnavailable(await outcomeOf(() => store.count('{a}')))
  })

  test('killed: the promoted replica is used, and the old primary is not', async (t) => {
    const store = await open(t, sentinel.url)
    const [old] = await pair()
    const count = await store.count('{s}')
    await untilCopied(old.port)
    old.kill('SIGKILL')
    await old.exited
    assertUnavailable(await outcomeOf(() => store.count('{s}')))
    t.diagnostic(`served by the replica after ${await msUntilServed(() => store.count('{s}'), 20_000)} ms`)
    assert.equal(await store.count('{s}'), count + 2)
    await old.restart()
    assert.equal((await pair())[1], old)
    assert.equal(await store.count('{s}'), count + 3)
    await until(() => store.logged.length === 3, { what: 'it is logged' })
    assert.deepEqual(store.logged, ['redis is connected', 'redis is unavailable', 'redis is back'])
  })

  test('a failover on request: the new primary is used at once', async (t) => {
    const store = await open(t, sentinel.url)
    const [, next] = await pair()
    await store.count('{s}')
    const gap = longestGap(() => store.count('{s}'))
    t.after(() => gap())
    assert.match(await sendRedisCommand(next.port, 'CONFIG RESETSTAT'), /^\+OK/)
    const port = sentinel.sentinels[0]?.port ?? 0
    // Refused while an earlier failover is under way.
    await until(async () => (await sendRedisCommand(port, `SENTINEL FAILOVER ${NAME}`)).startsWith('+OK'), {
      what: 'a sentinel begins the failover',
    })
    await until(async () => (await sendRedisCommand(next.port, 'ROLE')).includes('master'), {
      what: 'the roles are swapped',
    })
    await until(
      async () => (await sendRedisCommand(next.port, 'INFO commandstats')).includes('cmdstat_evalsha'),
      {
        what: 'the other one is used',
      },
    )
    const ms = await gap()
    t.diagnostic(`not served for at most ${ms} ms`)
    assert.ok(ms < BACK_WITHIN_MS)
  })

  test('a Redis that is not a primary is not used as one, even if the sentinels name it', async (t) => {
    const [, replica] = await pair()
    const ports = sentinel.sentinels.map(({ port }) => port)
    for (const port of ports)
      assert.match(
        await sendRedisCommand(port, `SENTINEL MONITOR other ${LOOPBACK} ${replica.port} 2`),
        /^\+OK/,
      )
    const lines: string[] = []
    const log = pino({}, { write: (line) => void lines.push(line) })
    const store = openRedis(sentinel.url.replace(NAME, 'other'), log)
    t.after(() => store.destroy())
    await until(() => lines.length > 0, { what: 'it is logged' })
    assert.match(lines.join(), /it is a slave/)
    assertUnavailable(await outcomeOf(() => store.run(COUNT, '{a}', ['x'])))
    for (const port of ports) assert.match(await sendRedisCommand(port, 'SENTINEL REMOVE other'), /^\+OK/)
  })

  test('hung, and a sentinel with an outdated state: no client goes back to the old primary', async (t) => {
    const store = await open(t, sentinel.url)
    const [old] = await pair()
    const { port } = sentinel.sentinels[1] ?? { port: 0 }
    const count = await store.count('{s}')
    await untilCopied(old.port)
    // It receives nothing from the others, neither directly nor through the Redis that it watches.
    for (const isolated of [old.port, port])
      assert.match(await sendRedisCommand(isolated, 'ACL SETUSER default -publish'), /^\+OK/)
    old.kill('SIGSTOP')
    t.after(() => old.kill('SIGCONT'))
    const read = () => store.run(READ, '{s}', ['{s}:count'])
    // A read, because a write that failed may still be executed when the old primary wakes.
    assertUnavailable(await outcomeOf(read))
    t.diagnostic(`served by the replica after ${await msUntilServed(read, 20_000)} ms`)
    for (const command of [`REMOVE ${NAME}`, `MONITOR ${NAME} ${LOOPBACK} ${old.port} 2`])
      assert.match(await sendRedisCommand(port, `SENTINEL ${command}`), /^\+OK/)
    old.kill('SIGCONT')
    // Until the others reach it, the old primary takes writes, and one sentinel names it.
    let expected = count
    await untilStrictly(
      async () => {
        assert.equal(await store.count('{s}'), ++expected)
        // It closes its connections when it becomes a replica.
        return isReplicaInSync(old.port).catch(() => false)
      },
      { what: 'the old primary is a replica', timeoutMs: 60_000, everyMs: 5 },
    )
  })
})
