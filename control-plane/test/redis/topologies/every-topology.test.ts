/** What holds for a client on each topology: a single Redis, a cluster, a primary with sentinels. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { pino } from 'pino'
import type { RedisCluster } from '../../../../deploy/stack/redis/cluster.ts'
import type { RedisSentinel } from '../../../../deploy/stack/redis/sentinel.ts'
import { sendRedisCommand } from '../../../../deploy/stack/redis/redis.ts'
import { until } from '../../../../deploy/stack/until.ts'
import { openSandbox } from '../../../../deploy/stack/sandbox.ts'
import { openRedis, StoreUnavailable } from '../../../src/redis/connection/client.ts'
import {
  assertUnavailable,
  BACK_WITHIN_MS,
  COUNT,
  msUntilServed,
  open,
  outcomeOf,
  REFUSE,
} from './store-client.ts'
import {
  type SingleRedis,
  startCluster,
  startSentinel,
  startSingle,
  withUnreachableHost,
} from './topologies.ts'

const sandbox = await openSandbox('redis')
let single: SingleRedis
let cluster: RedisCluster
let sentinel: RedisSentinel
before(async () => {
  ;[single, cluster, sentinel] = await Promise.all([
    startSingle(sandbox),
    startCluster(sandbox),
    startSentinel(sandbox),
  ])
})
after(sandbox.close)

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
