import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { after, before, describe, test, type TestContext } from 'node:test'
import { pino } from 'pino'
import type { Child } from '../../../deploy/stack/processes/child-spec.ts'
import {
  type ClusterNode,
  type RedisCluster,
  startRedisCluster,
} from '../../../deploy/stack/redis/cluster.ts'
import { type RedisSentinel, startRedisSentinel } from '../../../deploy/stack/redis/sentinel.ts'
import {
  type RedisProcess,
  sendRedisCommand,
  isReplicaInSync,
  startRedis,
} from '../../../deploy/stack/redis/redis.ts'
import { ensureRedis } from '../../../deploy/stack/tools/redis.ts'
import { until, type UntilOptions } from '../../../deploy/stack/until.ts'
import { openSandbox } from '../../../deploy/stack/sandbox.ts'
import { openRedis, type RedisClient, StoreUnavailable } from '../../src/redis/connection/client.ts'
import { REDIS_COMMAND_TIMEOUT_MS } from '../../src/tuning/redis.ts'
import type { Script } from '../../src/redis/scripting/load-script.ts'
import { slotOf } from '../../src/redis/connection/key-slot.ts'

/** `#!lua`: without it Redis lets a script touch other slots, as long as they are on the same node. */
function script(body: string): Script {
  const source = `#!lua\n${body}`
  return { name: 'test', source, sha: createHash('sha1').update(source).digest('hex') }
}
const COUNT = script(`redis.call('SET', KEYS[1] .. ':said', ARGV[1])
return { redis.call('INCR', KEYS[1] .. ':count'), redis.call('GET', KEYS[1] .. ':said') }`)
const REFUSE = script('return redis.error_reply(ARGV[1])')
const READ = script(`return redis.call('GET', ARGV[1])`)

/** How late a time limit may be: a heartbeat, and a busy machine. */
const SLACK_MS = 400
const BACK_WITHIN_MS = 2_000

const { processes, ports, dir, close } = await openSandbox('redis')
let single: { url: string; redis: Child; port: number }
let cluster: RedisCluster
let sentinel: RedisSentinel
before(async () => {
  const binary = await ensureRedis()
  const port = await ports.tcp()
  const options = { binary, port, dir: join(dir, 'single'), logFile: join(dir, 'single.log') }
  const [redis, ...others] = await Promise.all([
    startRedis(processes, options),
    startRedisCluster(processes, { binary, ports, dir }),
    startRedisSentinel(processes, { binary, ports, dir }),
  ])
  single = { url: `redis://127.0.0.1:${port}`, redis, port }
  ;[cluster, sentinel] = others
})
after(close)

type Opened = RedisClient & { logged: string[]; count(shardPrefix: string): Promise<number> }

/** A client that is connected; it is closed when the test ends. */
async function open(t: TestContext, url: string): Promise<Opened> {
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

type Outcome = { ms: number; value?: unknown; error?: unknown }

async function outcomeOf(call: () => Promise<unknown>): Promise<Outcome> {
  const start = performance.now()
  const outcome = await call().then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  return { ms: performance.now() - start, ...outcome }
}

/** Failed as unavailable, within the time limit. */
function assertUnavailable(outcome: Outcome): void {
  assert.ok(outcome.error instanceof StoreUnavailable, inspect(outcome))
  assert.ok(outcome.ms < REDIS_COMMAND_TIMEOUT_MS + SLACK_MS, `took ${outcome.ms} ms`)
}

/** As until, but a condition that throws ends the wait with its error. */
async function untilStrictly(condition: () => Promise<unknown>, options: UntilOptions): Promise<void> {
  const failures: unknown[] = []
  const settle = () => condition().catch((error: unknown) => failures.push(error))
  await until(settle, options)
  if (failures.length > 0) throw failures[0]
}

/** Calls without a pause until it works, and returns how long that took. Every failure before must be "unavailable". */
async function msUntilServed(call: () => Promise<unknown>, limitMs: number): Promise<number> {
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
function longestGap(call: () => Promise<unknown>): () => Promise<number> {
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
function untilCopied(port: number): Promise<unknown> {
  return until(
    async () => {
      const info = await sendRedisCommand(port, 'INFO replication')
      const copied = /slave0:.*offset=(\d+)/.exec(info)?.[1]
      return copied !== undefined && copied === /master_repl_offset:(\d+)/.exec(info)?.[1]
    },
    { what: 'the replica has everything' },
  )
}

/** A prefix whose keys are on this primary, different for each `n`. */
function prefixAt({ primaries }: RedisCluster, at: number, n: number): string {
  const width = 16_384 / primaries.length
  const prefixes = Array.from({ length: 1_000 }, (_, i) => `{r${i}}`)
  const found = prefixes.filter((shardPrefix) => Math.floor(slotOf(shardPrefix) / width) === at)[n]
  assert.ok(found)
  return found
}

/** Adds a first host that does not exist: one that is down must not matter. */
const withUnreachableHost = (url: string) => url.replace('://', '://127.0.0.1:1,')
const urls = {
  single: () => single.url,
  cluster: () => withUnreachableHost(cluster.url),
  sentinel: () => withUnreachableHost(sentinel.url),
}
const portsOf = {
  single: () => [single.port],
  cluster: () => cluster.primaries.map(({ port }) => port),
  sentinel: () => [sentinel.primary.port],
}
const usersOf = (kind: keyof typeof portsOf): [user: string, port: number][] => [
  ...portsOf[kind]().map((port): [string, number] => ['app', port]),
  ...(kind === 'sentinel' ? sentinel.sentinels.map(({ port }): [string, number] => ['watcher', port]) : []),
]

/** With one user for Redis and another for the sentinels. */
async function urlWithUsers(kind: keyof typeof urls): Promise<string> {
  for (const [user, port] of usersOf(kind))
    assert.match(await sendRedisCommand(port, `ACL SETUSER ${user} on >p@ss-${user} ~* &* +@all`), /^\+OK/)
  const toSentinels = kind === 'sentinel' ? '?sentinelUsername=watcher&sentinelPassword=p@ss-watcher' : ''
  return urls[kind]().replace('://', '://app:p%40ss-app@') + toSentinels
}

for (const kind of ['single', 'cluster', 'sentinel'] as const)
  describe(kind, () => {
    test('scripts read and write under two hash tags', async (t) => {
      const store = await open(t, urls[kind]())
      assert.equal(store.kind, kind)
      for (const shardPrefix of ['{a}', '{b}']) {
        assert.deepEqual(await store.run(COUNT, shardPrefix, [`of ${shardPrefix}`]), [1, `of ${shardPrefix}`])
        assert.deepEqual(await store.run(COUNT, shardPrefix, ['ü €']), [2, 'ü €'])
      }
    })

    test('a script that Redis does not have is sent once, and called by its hash after that', async (t) => {
      const store = await open(t, urls[kind]())
      for (const port of portsOf[kind]())
        for (const command of ['SCRIPT FLUSH', 'CONFIG RESETSTAT'])
          assert.match(await sendRedisCommand(port, command), /^\+OK/)
      const first = await store.count('{c}')
      assert.equal(await store.count('{c}'), first + 1)
      const stats = await Promise.all(
        portsOf[kind]().map((port) => sendRedisCommand(port, 'INFO commandstats')),
      )
      assert.equal(/cmdstat_eval:calls=(\d+)/.exec(stats.join())?.[1], '1')
      assert.equal(/cmdstat_evalsha:calls=(\d+)/.exec(stats.join())?.[1], '2')
    })

    test('an error of the script stays an error; temporary errors of Redis are StoreUnavailable', async (t) => {
      const store = await open(t, urls[kind]())
      for (const fault of ['ERR a fault', 'WRONGTYPE a fault', 'BUSYKEY a fault', 'no code']) {
        const { error } = await outcomeOf(() => store.run(REFUSE, '{a}', [fault]))
        assert.ok(error instanceof Error && !(error instanceof StoreUnavailable), fault)
        assert.match(error.message, /a fault|no code/)
      }
      const notANumber = [1] as unknown as string[]
      const { error } = await outcomeOf(() => store.run(COUNT, '{a}', notANumber))
      assert.ok(error instanceof TypeError)
      for (const word of ['LOADING', 'BUSY', 'MASTERDOWN', 'READONLY', 'CLUSTERDOWN', 'TRYAGAIN']) {
        assertUnavailable(await outcomeOf(() => store.run(REFUSE, '{a}', [`${word} not now`])))
        await msUntilServed(() => store.count('{a}'), BACK_WITHIN_MS)
      }
    })

    test('user and password are used, and a wrong password is reported without repeating it', async (t) => {
      const store = await open(t, await urlWithUsers(kind))
      await store.count('{a}')
      for (const [user, port] of usersOf(kind))
        assert.ok((await sendRedisCommand(port, 'CLIENT LIST')).includes(` user=${user} `))
      const lines: string[] = []
      const wrong = urls[kind]().replace('://', '://app:secret@')
      const refused = openRedis(wrong, pino({}, { write: (line) => void lines.push(line) }))
      t.after(() => refused.destroy())
      await until(() => lines.length > 0, { what: 'it is logged' })
      assert.match(lines.join(), /redis is unavailable/)
      assert.match(lines.join(), /WRONGPASS/)
      assert.doesNotMatch(lines.join(), /secret/)
    })

    test('destroy() ends unanswered calls, also while connecting, and leaves nothing open', async () => {
      const url = urls[kind]()
      const openOnes = () => process.getActiveResourcesInfo().filter((name) => /^TCP|^Timeout/.test(name))
      const untilNone = (stage: string) =>
        until(() => openOnes().length === 0, { what: `no socket or timer ${stage}`, timeoutMs: 3_000 })
      await untilNone('before')
      for (const stage of ['dialling', 'connecting', 'serving']) {
        const store = openRedis(url, pino({ enabled: false }))
        if (stage === 'connecting') await new Promise(setImmediate)
        if (stage === 'serving')
          await until(() => store.ping().then(() => true), { what: 'the store answers' })
        assert.match(openOnes().join(), /TCP.*Timeout/)
        const last = outcomeOf(() => store.run(COUNT, '{a}', ['x']))
        store.destroy()
        assertUnavailable(await last)
        assertUnavailable(await outcomeOf(() => store.run(COUNT, '{a}', ['x'])))
        assertUnavailable(await outcomeOf(() => store.ping()))
        await untilNone(`after the end while ${stage}`)
      }
    })
  })

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

describe('a cluster', () => {
  test('slots of keys are those that Redis calculates', async () => {
    const [port = 0] = portsOf.cluster()
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
