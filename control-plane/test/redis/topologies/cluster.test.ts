import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { pino } from 'pino'
import type { ClusterNode, RedisCluster } from '../../../../deploy/stack/redis/cluster.ts'
import { isReplicaInSync, sendRedisCommand } from '../../../../deploy/stack/redis/redis.ts'
import { until } from '../../../../deploy/stack/until.ts'
import { openSandbox } from '../../../../deploy/stack/sandbox.ts'
import { openRedis, StoreUnavailable } from '../../../src/redis/connection/client.ts'
import { slotOf } from '../../../src/redis/connection/key-slot.ts'
import {
  assertUnavailable,
  BACK_WITHIN_MS,
  COUNT,
  msUntilServed,
  open,
  outcomeOf,
  READ,
  untilCopied,
  untilStrictly,
} from './store-client.ts'
import { prefixAt, startCluster } from './topologies.ts'

const sandbox = await openSandbox('redis')
let cluster: RedisCluster
before(async () => {
  cluster = await startCluster(sandbox)
})
after(sandbox.close)

describe('a cluster', () => {
  test('slots of keys are those that Redis calculates', async () => {
    const [port = 0] = cluster.primaries.map((primary) => primary.port)
    for (const key of [
      'a',
      '{a}',
      '{a}:b',
      'x{a}{b}',
      '{}a',
      'x{',
      'x}{y}',
      '{ü}',
      'ü',
      '😀',
      '{lv03}:room:1',
    ])
      assert.equal(await sendRedisCommand(port, `CLUSTER KEYSLOT ${key}`), `:${slotOf(key)}\r\n`, key)
  })

  test('a script that touches a key of another slot gets an error of Redis, wherever that key is', async (t) => {
    const store = await open(t, cluster.url)
    const shardPrefix = prefixAt(cluster, 0, 0)
    for (const other of [prefixAt(cluster, 0, 1), prefixAt(cluster, 1, 0)]) {
      const { error } = await outcomeOf(() => store.run(READ, shardPrefix, [`${other}:count`]))
      assert.ok(error instanceof Error && !(error instanceof StoreUnavailable))
      assert.match(error.message, /do not hash to the same slot|non local key/)
    }
    // It may touch keys of its own slot, although they are not declared.
    assert.equal(await store.run(READ, shardPrefix, [`${shardPrefix}:none`]), null)
  })

  test('a slot that is being moved: no script runs on half of its keys, and calls continue on the new node', async (t) => {
    const store = await open(t, cluster.url)
    const [, from, to] = cluster.primaries
    assert.ok(from && to)
    const shardPrefix = prefixAt(cluster, 1, 5)
    const slot = slotOf(shardPrefix)
    const idOf = async ({ port }: ClusterNode) =>
      (await sendRedisCommand(port, 'CLUSTER MYID')).split('\r\n')[1]
    const order = async ({ port }: ClusterNode, command: string) =>
      assert.match(await sendRedisCommand(port, command), /^\+OK/, command)
    const migrate = (key: string) => order(from, `MIGRATE 127.0.0.1 ${to.port} ${key} 0 1000`)
    assert.equal(await store.count(shardPrefix), 1)
    await order(to, `CLUSTER SETSLOT ${slot} IMPORTING ${await idOf(from)}`)
    await order(from, `CLUSTER SETSLOT ${slot} MIGRATING ${await idOf(to)}`)
    assertUnavailable(await outcomeOf(() => store.count(shardPrefix)))
    await migrate(`${shardPrefix}:count`)
    assertUnavailable(await outcomeOf(() => store.count(shardPrefix)))
    await migrate(`${shardPrefix}:said`)
    assertUnavailable(await outcomeOf(() => store.count(shardPrefix)))
    // Another slot of the same node is not affected.
    await store.count(prefixAt(cluster, 1, 6))
    for (const node of [to, from]) await order(node, `CLUSTER SETSLOT ${slot} NODE ${await idOf(to)}`)
    assert.equal(await store.count(shardPrefix), 2)
  })

  test('one primary killed: only its keys are unavailable, until it is back', async (t) => {
    const store = await open(t, cluster.url)
    const [, , dead] = cluster.primaries
    assert.ok(dead)
    const [lost, kept] = [prefixAt(cluster, 2, 0), prefixAt(cluster, 1, 0)]
    await Promise.all([store.count(lost), store.count(kept)])
    dead.kill('SIGKILL')
    await dead.exited
    const late = openRedis(cluster.url, pino({ enabled: false }))
    t.after(() => late.destroy())
    await msUntilServed(() => late.run(COUNT, kept, ['x']), BACK_WITHIN_MS)
    const missed = () => sendRedisCommand(cluster.replica.port, 'CLUSTER INFO')
    // From the first moment until the cluster has marked it as failed, and after that.
    for (let givenUp = false; !givenUp; givenUp = /cluster_slots_fail:[1-9]/.test(await missed())) {
      assertUnavailable(await outcomeOf(() => store.count(lost)))
      await store.count(kept)
    }
    assertUnavailable(await outcomeOf(() => store.count(lost)))
    assertUnavailable(await outcomeOf(() => store.ping()))
    await until(() => store.logged.includes('redis is unavailable'), { what: 'it is logged' })
    const started = performance.now()
    await dead.restart()
    const ms = await msUntilServed(() => store.count(lost), BACK_WITHIN_MS)
    await store.count(kept)
    await until(() => store.logged.length === 3, { what: 'it is logged' })
    assert.deepEqual(store.logged, ['redis is connected', 'redis is unavailable', 'redis is back'])
    t.diagnostic(
      `served ${ms} ms after the cluster took it back, ${Math.round(performance.now() - started)} ms after its start`,
    )
  })

  /** The primary of the first third of the slots, and its replica. */
  async function firstPair(): Promise<[ClusterNode, ClusterNode]> {
    const [first] = cluster.primaries
    assert.ok(first)
    const isFirst = (await sendRedisCommand(first.port, 'ROLE')).includes('master')
    return isFirst ? [first, cluster.replica] : [cluster.replica, first]
  }

  test('a primary and its replica swap roles: no call fails', async (t) => {
    const store = await open(t, cluster.url)
    const [, next] = await firstPair()
    const shardPrefix = prefixAt(cluster, 0, 2)
    let count = await store.count(shardPrefix)
    await until(() => isReplicaInSync(next.port), { what: 'the replica in step' })
    assert.match(await sendRedisCommand(next.port, 'CLUSTER FAILOVER'), /^\+OK/)
    await untilStrictly(
      async () => {
        assert.equal(await store.count(shardPrefix), ++count)
        return (await firstPair())[0] === next
      },
      { what: 'the roles are swapped', everyMs: 5 },
    )
    assert.equal(await store.count(shardPrefix), ++count)
  })

  test('a primary with a replica is killed: its keys are served by the replica', async (t) => {
    const store = await open(t, cluster.url)
    const [dead] = await firstPair()
    const shardPrefix = prefixAt(cluster, 0, 3)
    const count = await store.count(shardPrefix)
    await untilCopied(dead.port)
    dead.kill('SIGKILL')
    await dead.exited
    assertUnavailable(await outcomeOf(() => store.count(shardPrefix)))
    t.diagnostic(
      `served by the replica after ${await msUntilServed(() => store.count(shardPrefix), 15_000)} ms`,
    )
    assert.equal(await store.count(shardPrefix), count + 2)
    await store.ping()
    await until(() => store.logged.length === 3, { what: 'it is logged' })
    assert.deepEqual(store.logged, ['redis is connected', 'redis is unavailable', 'redis is back'])
  })
})
