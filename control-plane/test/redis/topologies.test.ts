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
import {
  openRedis,
  parseRedisUrl,
  type RedisClient,
  StoreUnavailable,
} from '../../src/redis/connection/client.ts'
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

/** What a deadline may be late by: a beat of the store, and a busy machine. */
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

type Opened = RedisClient & { said: string[]; count(root: string): Promise<number> }

/** A store that serves, gone when the test ends. */
async function open(t: TestContext, url: string): Promise<Opened> {
  const said: string[] = []
  const log = pino({ base: null }, { write: (line) => void said.push(JSON.parse(line).msg) })
  const store = openRedis(url, log)
  t.after(() => store.destroy())
  const count = async (root: string) => ((await store.run(COUNT, root, ['x'])) as [number])[0]
  await until(() => said.length > 0 && store.ping().then(() => true), {
    what: 'the store answers',
    everyMs: 5,
  })
  return { ...store, said, count }
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

/** Refused as "away", and soon enough for somebody who waits. */
function assertAway(outcome: Outcome): void {
  assert.ok(outcome.error instanceof StoreUnavailable, inspect(outcome))
  assert.ok(outcome.ms < REDIS_COMMAND_TIMEOUT_MS + SLACK_MS, `took ${outcome.ms} ms`)
}

/** As until, for a condition that asserts: where until takes a throw for "not yet", this ends with it. */
async function untilStrictly(condition: () => Promise<unknown>, options: UntilOptions): Promise<void> {
  const failures: unknown[] = []
  const settle = () => condition().catch((error: unknown) => failures.push(error))
  await until(settle, options)
  if (failures.length > 0) throw failures[0]
}

/** Asks without a pause until it works; every refusal before must be "away". Gives how long that took. */
async function msUntilServed(call: () => Promise<unknown>, limitMs: number): Promise<number> {
  const start = performance.now()
  await untilStrictly(
    async () => {
      const outcome = await outcomeOf(call)
      if ('error' in outcome) return assertAway(outcome)
      return true
    },
    { what: 'the store serves again', timeoutMs: limitMs, everyMs: 5 },
  )
  return Math.round(performance.now() - start)
}

/** Asks again and again; gives, when called, the longest time without an answer. Every refusal must be "away". */
function longestGap(call: () => Promise<unknown>): () => Promise<number> {
  let [served, longest, isOver] = [performance.now(), 0, false]
  const asking = untilStrictly(
    async () => {
      const outcome = await outcomeOf(call)
      if ('error' in outcome) return assertAway(outcome)
      longest = Math.max(longest, performance.now() - served)
      served = performance.now()
      return isOver
    },
    { what: 'the end of asking', timeoutMs: 60_000, everyMs: 5 },
  )
  return async () => {
    isOver = true
    await asking
    return Math.round(longest)
  }
}

/** Waits until the replica has acknowledged all that this primary was ever told. */
function untilCopied(port: number): Promise<unknown> {
  return until(
    async () => {
      const info = await sendRedisCommand(port, 'INFO replication')
      const copied = /slave0:.*offset=(\d+)/.exec(info)?.[1]
      return copied !== undefined && copied === /master_repl_offset:(\d+)/.exec(info)?.[1]
    },
    { what: 'the replica has it all' },
  )
}

/** A root whose keys stand with this primary, different for each `n`. */
function rootAt({ primaries }: RedisCluster, at: number, n: number): string {
  const width = 16_384 / primaries.length
  const roots = Array.from({ length: 1_000 }, (_, i) => `{r${i}}`)
  const found = roots.filter((root) => Math.floor(slotOf(root) / width) === at)[n]
  assert.ok(found)
  return found
}

/** Where several are named, the first is nobody: one that is down must not matter. */
const withNobody = (url: string) => url.replace('://', '://127.0.0.1:1,')
const urls = {
  single: () => single.url,
  cluster: () => withNobody(cluster.url),
  sentinel: () => withNobody(sentinel.url),
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

/** With users of its own, one for Redis and another for the sentinels. */
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
      for (const root of ['{a}', '{b}']) {
        assert.deepEqual(await store.run(COUNT, root, [`of ${root}`]), [1, `of ${root}`])
        assert.deepEqual(await store.run(COUNT, root, ['ü €']), [2, 'ü €'])
      }
    })

    test('a forgotten script is sent whole once, and by its sum after that', async (t) => {
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

    test('an error of the script stays an error; what says “not now” is StoreUnavailable', async (t) => {
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
        assertAway(await outcomeOf(() => store.run(REFUSE, '{a}', [`${word} not now`])))
        await msUntilServed(() => store.count('{a}'), BACK_WITHIN_MS)
      }
    })

    test('a user and a password are used, and a wrong one is told without repeating it', async (t) => {
      const store = await open(t, await urlWithUsers(kind))
      await store.count('{a}')
      for (const [user, port] of usersOf(kind))
        assert.ok((await sendRedisCommand(port, 'CLIENT LIST')).includes(` user=${user} `))
      const lines: string[] = []
      const wrong = urls[kind]().replace('://', '://app:secret@')
      const refused = openRedis(wrong, pino({}, { write: (line) => void lines.push(line) }))
      t.after(() => refused.destroy())
      await until(() => lines.length > 0, { what: 'it is told' })
      assert.match(lines.join(), /redis is unavailable/)
      assert.match(lines.join(), /WRONGPASS/)
      assert.doesNotMatch(lines.join(), /secret/)
    })

    test('destroy() ends what is unanswered, also while dialling, and leaves nothing open', async () => {
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
        assertAway(await last)
        assertAway(await outcomeOf(() => store.run(COUNT, '{a}', ['x'])))
        assertAway(await outcomeOf(() => store.ping()))
        await untilNone(`after the end while ${stage}`)
      }
    })
  })

describe('one Redis', () => {
  test('hung: refused in a second, then at once, also under load; serves again', async (t) => {
    const store = await open(t, single.url)
    await store.count('{h}')
    // Writing all the time: a time-out of the socket, which any write starts anew, would never come.
    const load = setInterval(() => void store.count('{h}').catch(() => {}), 10)
    t.after(() => clearInterval(load))
    single.redis.kill('SIGSTOP')
    const stopped = performance.now()
    assertAway(await outcomeOf(() => store.count('{h}')))
    await untilStrictly(
      async () => {
        const outcome = await outcomeOf(() => store.count('{h}'))
        assertAway(outcome)
        return outcome.ms < 20
      },
      { what: 'refusals come at once', timeoutMs: 1_000, everyMs: 5 },
    )
    t.diagnostic(`refused at once after ${Math.round(performance.now() - stopped)} ms`)
    single.redis.kill('SIGCONT')
    t.diagnostic(`served after ${await msUntilServed(() => store.count('{h}'), BACK_WITHIN_MS)} ms`)
    await until(() => store.said.length === 3, { what: 'it is told' })
    assert.deepEqual(store.said, ['redis is connected', 'redis is unavailable', 'redis is back'])
  })

  test('hung and idle: noticed all the same', async (t) => {
    const store = await open(t, single.url)
    single.redis.kill('SIGSTOP')
    await until(() => store.said.includes('redis is unavailable'), { what: 'it is told', timeoutMs: 3_000 })
    single.redis.kill('SIGCONT')
    await msUntilServed(() => store.count('{h}'), BACK_WITHIN_MS)
  })

  test('killed: refused at once; serves again when it is back; a store may be opened before', async (t) => {
    const store = await open(t, single.url)
    single.redis.kill('SIGKILL')
    await single.redis.exited
    await until(async () => (await outcomeOf(() => store.ping())).error, { what: 'the socket is gone' })
    assert.ok((await outcomeOf(() => store.count('{k}'))).ms < 20)
    const early = openRedis(single.url, pino({ enabled: false }))
    t.after(() => early.destroy())
    await until(() => store.said.includes('redis is unavailable'), { what: 'it is told' })
    await single.redis.restart()
    const ms = await msUntilServed(() => store.count('{k}'), BACK_WITHIN_MS)
    t.diagnostic(`served ${ms} ms after its return`)
    await msUntilServed(() => early.run(COUNT, '{k}', ['x']), BACK_WITHIN_MS)
    await until(() => store.said.length === 3, { what: 'it is told' })
    assert.deepEqual(store.said, ['redis is connected', 'redis is unavailable', 'redis is back'])
  })
})

describe('a cluster', () => {
  test('keys find their slot as Redis counts it', async () => {
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
    const root = rootAt(cluster, 0, 0)
    for (const other of [rootAt(cluster, 0, 1), rootAt(cluster, 1, 0)]) {
      const { error } = await outcomeOf(() => store.run(READ, root, [`${other}:count`]))
      assert.ok(error instanceof Error && !(error instanceof StoreUnavailable))
      assert.match(error.message, /do not hash to the same slot|non local key/)
    }
    // Its own slot's keys it may touch, though they are not named.
    assert.equal(await store.run(READ, root, [`${root}:none`]), null)
  })

  test('a slot on the move: no script runs on half of its keys, and all goes on where it went', async (t) => {
    const store = await open(t, cluster.url)
    const [, from, to] = cluster.primaries
    assert.ok(from && to)
    const root = rootAt(cluster, 1, 5)
    const slot = slotOf(root)
    const idOf = async ({ port }: ClusterNode) =>
      (await sendRedisCommand(port, 'CLUSTER MYID')).split('\r\n')[1]
    const order = async ({ port }: ClusterNode, command: string) =>
      assert.match(await sendRedisCommand(port, command), /^\+OK/, command)
    const migrate = (key: string) => order(from, `MIGRATE 127.0.0.1 ${to.port} ${key} 0 1000`)
    assert.equal(await store.count(root), 1)
    await order(to, `CLUSTER SETSLOT ${slot} IMPORTING ${await idOf(from)}`)
    await order(from, `CLUSTER SETSLOT ${slot} MIGRATING ${await idOf(to)}`)
    assertAway(await outcomeOf(() => store.count(root)))
    await migrate(`${root}:count`)
    assertAway(await outcomeOf(() => store.count(root)))
    await migrate(`${root}:said`)
    assertAway(await outcomeOf(() => store.count(root)))
    // Another slot of the same node does not notice.
    await store.count(rootAt(cluster, 1, 6))
    for (const node of [to, from]) await order(node, `CLUSTER SETSLOT ${slot} NODE ${await idOf(to)}`)
    assert.equal(await store.count(root), 2)
  })

  test('one primary killed: its keys alone are away, and back with it', async (t) => {
    const store = await open(t, cluster.url)
    const [, , dead] = cluster.primaries
    assert.ok(dead)
    const [lost, kept] = [rootAt(cluster, 2, 0), rootAt(cluster, 1, 0)]
    await Promise.all([store.count(lost), store.count(kept)])
    dead.kill('SIGKILL')
    await dead.exited
    const late = openRedis(cluster.url, pino({ enabled: false }))
    t.after(() => late.destroy())
    await msUntilServed(() => late.run(COUNT, kept, ['x']), BACK_WITHIN_MS)
    const missed = () => sendRedisCommand(cluster.replica.port, 'CLUSTER INFO')
    // From the first moment until the cluster has given it up, and after.
    for (let givenUp = false; !givenUp; givenUp = /cluster_slots_fail:[1-9]/.test(await missed())) {
      assertAway(await outcomeOf(() => store.count(lost)))
      await store.count(kept)
    }
    assertAway(await outcomeOf(() => store.count(lost)))
    assertAway(await outcomeOf(() => store.ping()))
    await until(() => store.said.includes('redis is unavailable'), { what: 'it is told' })
    const started = performance.now()
    await dead.restart()
    const ms = await msUntilServed(() => store.count(lost), BACK_WITHIN_MS)
    await store.count(kept)
    await until(() => store.said.length === 3, { what: 'it is told' })
    assert.deepEqual(store.said, ['redis is connected', 'redis is unavailable', 'redis is back'])
    t.diagnostic(
      `served ${ms} ms after the cluster took it back, ${Math.round(performance.now() - started)} ms after its start`,
    )
  })

  /** Of the first third of the slots: the primary, and who would follow it. */
  async function firstPair(): Promise<[ClusterNode, ClusterNode]> {
    const [first] = cluster.primaries
    assert.ok(first)
    const isFirst = (await sendRedisCommand(first.port, 'ROLE')).includes('master')
    return isFirst ? [first, cluster.replica] : [cluster.replica, first]
  }

  test('a primary and its replica change places: nobody is refused', async (t) => {
    const store = await open(t, cluster.url)
    const [, next] = await firstPair()
    const root = rootAt(cluster, 0, 2)
    let count = await store.count(root)
    await until(() => isReplicaInSync(next.port), { what: 'the replica in step' })
    assert.match(await sendRedisCommand(next.port, 'CLUSTER FAILOVER'), /^\+OK/)
    await untilStrictly(
      async () => {
        assert.equal(await store.count(root), ++count)
        return (await firstPair())[0] === next
      },
      { what: 'the change', everyMs: 5 },
    )
    assert.equal(await store.count(root), ++count)
  })

  test('one primary killed that has a replica: its keys go on there', async (t) => {
    const store = await open(t, cluster.url)
    const [dead] = await firstPair()
    const root = rootAt(cluster, 0, 3)
    const count = await store.count(root)
    await untilCopied(dead.port)
    dead.kill('SIGKILL')
    await dead.exited
    assertAway(await outcomeOf(() => store.count(root)))
    t.diagnostic(`served by the replica after ${await msUntilServed(() => store.count(root), 15_000)} ms`)
    assert.equal(await store.count(root), count + 2)
    await store.ping()
    await until(() => store.said.length === 3, { what: 'it is told' })
    assert.deepEqual(store.said, ['redis is connected', 'redis is unavailable', 'redis is back'])
  })
})

describe('a primary with sentinels', () => {
  const [NAME, LOOPBACK] = ['levee', '127.0.0.1']

  /** The primary, and who would follow it, when all sentinels have agreed on it and nothing is under way. */
  async function pair(): Promise<[RedisProcess, RedisProcess]> {
    const { primary, replica, sentinels } = sentinel
    const names = async ({ port }: RedisProcess) =>
      (await sendRedisCommand(port, `SENTINEL GET-MASTER-ADDR-BY-NAME ${NAME}`)).split('\r\n')[4]
    // One that last saw a primary there, up to 10 s ago, would undo the next change of places.
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

  test('a replica that was taken for a primary is away', async (t) => {
    const [, replica] = await pair()
    const store = await open(t, `redis://${LOOPBACK}:${replica.port}`)
    assertAway(await outcomeOf(() => store.count('{a}')))
  })

  test('killed: its replica is found and served from, and the old one is not gone back to', async (t) => {
    const store = await open(t, sentinel.url)
    const [old] = await pair()
    const count = await store.count('{s}')
    await untilCopied(old.port)
    old.kill('SIGKILL')
    await old.exited
    assertAway(await outcomeOf(() => store.count('{s}')))
    t.diagnostic(`served by the replica after ${await msUntilServed(() => store.count('{s}'), 20_000)} ms`)
    assert.equal(await store.count('{s}'), count + 2)
    await old.restart()
    assert.equal((await pair())[1], old)
    assert.equal(await store.count('{s}'), count + 3)
    await until(() => store.said.length === 3, { what: 'it is told' })
    assert.deepEqual(store.said, ['redis is connected', 'redis is unavailable', 'redis is back'])
  })

  test('told to change places: followed in a moment', async (t) => {
    const store = await open(t, sentinel.url)
    const [, next] = await pair()
    await store.count('{s}')
    const gap = longestGap(() => store.count('{s}'))
    t.after(() => gap())
    assert.match(await sendRedisCommand(next.port, 'CONFIG RESETSTAT'), /^\+OK/)
    const port = sentinel.sentinels[0]?.port ?? 0
    // Refused for as long as an earlier change is not over.
    await until(async () => (await sendRedisCommand(port, `SENTINEL FAILOVER ${NAME}`)).startsWith('+OK'), {
      what: 'a sentinel begins',
    })
    await until(async () => (await sendRedisCommand(next.port, 'ROLE')).includes('master'), {
      what: 'the change',
    })
    await until(
      async () => (await sendRedisCommand(next.port, 'INFO commandstats')).includes('cmdstat_evalsha'),
      {
        what: 'the other is served from',
      },
    )
    const ms = await gap()
    t.diagnostic(`not served for at most ${ms} ms`)
    assert.ok(ms < BACK_WITHIN_MS)
  })

  test('one that is no primary is not taken for one, whatever the sentinels say', async (t) => {
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
    await until(() => lines.length > 0, { what: 'it is told' })
    assert.match(lines.join(), /it is a slave/)
    assertAway(await outcomeOf(() => store.run(COUNT, '{a}', ['x'])))
    for (const port of ports) assert.match(await sendRedisCommand(port, 'SENTINEL REMOVE other'), /^\+OK/)
  })

  test('hung, and a sentinel that tells an old story: nobody is led back', async (t) => {
    const store = await open(t, sentinel.url)
    const [old] = await pair()
    const { port } = sentinel.sentinels[1] ?? { port: 0 }
    const count = await store.count('{s}')
    await untilCopied(old.port)
    // The others tell it nothing any more, neither themselves nor through the Redis that it watches.
    for (const deaf of [old.port, port])
      assert.match(await sendRedisCommand(deaf, 'ACL SETUSER default -publish'), /^\+OK/)
    old.kill('SIGSTOP')
    t.after(() => old.kill('SIGCONT'))
    const read = () => store.run(READ, '{s}', ['{s}:count'])
    // A read: the refused one may still be done when the old primary wakes.
    assertAway(await outcomeOf(read))
    t.diagnostic(`served by the replica after ${await msUntilServed(read, 20_000)} ms`)
    for (const command of [`REMOVE ${NAME}`, `MONITOR ${NAME} ${LOOPBACK} ${old.port} 2`])
      assert.match(await sendRedisCommand(port, `SENTINEL ${command}`), /^\+OK/)
    old.kill('SIGCONT')
    // Until the others have told it, the old primary takes writes, and one sentinel sends people there.
    let expected = count
    await untilStrictly(
      async () => {
        assert.equal(await store.count('{s}'), ++expected)
        // It ends its connections when it becomes a replica.
        return isReplicaInSync(old.port).catch(() => false)
      },
      { what: 'the old primary is a replica', timeoutMs: 60_000, everyMs: 5 },
    )
  })
})

test('a URL says where Redis is, or what is wrong with it without repeating it', () => {
  const none = { username: '', password: '' }
  const [a, b] = [
    { host: 'a', port: 1 },
    { host: '::1', port: 6379 },
  ]
  const login = { username: 'u', password: 'p@+/' }
  const good: [string, object][] = [
    ['redis://a:1', { kind: 'single', nodes: [a], tls: false, login: none, db: 0 }],
    ['rediss://u:p%40+%2F@[::1]/3', { kind: 'single', nodes: [b], tls: true, login, db: 3 }],
    ['redis-cluster://a:1,[::1]', { kind: 'cluster', nodes: [a, b], tls: false, login: none }],
    [
      'rediss-sentinel://u:p%40+%2F@a:1,s/main?db=2&sentinelPassword=p%40+%2F',
      {
        kind: 'sentinel',
        nodes: [a, { host: 's', port: 26_379 }],
        tls: true,
        login,
        db: 2,
        primaryName: 'main',
        sentinelLogin: { ...login, username: '' },
      },
    ],
  ]
  for (const [url, meant] of good) assert.deepEqual(parseRedisUrl(url), meant, url)
  const bad = `
    http://secret redis:// redis://secret:0 redis://secret:65536 redis://secret:6379/x redis://a,secret
    redis://u:secret%@a redis://u:sec/ret@a redis://a?secret=1 redis://a?db=secret
    redis-cluster://secret/1 redis-cluster://a,,b redis-cluster://a:secret redis-cluster://a?db=1
    redis-sentinel://a redis-sentinel://a/ redis-sentinel://a/b?secret=1 redis-sentinel://a/b?db=secret
  `
  for (const url of ['', ...bad.trim().split(/\s+/)]) {
    const told = parseRedisUrl(url)
    assert.ok('fault' in told, url)
    assert.match(told.fault, /^[A-Z][^\n]+[^.]\.$/, url)
    assert.doesNotMatch(told.fault, /sec|ret@/, url)
    assert.throws(() => openRedis(url, pino({ enabled: false })), { message: told.fault })
  }
})
