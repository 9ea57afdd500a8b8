/** A real Redis for the real scripts, with a clock and a random source that the test sets; scripts run one at a time. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { createClient } from 'redis'
import { startRedis } from '../../../deploy/stack/redis/redis.ts'
import { ensureRedis } from '../../../deploy/stack/tools/redis.ts'
import { openSandbox } from '../../../deploy/stack/sandbox.ts'
import type { RedisClient } from '../../src/redis/connection/client.ts'
import type { Includes, Script } from '../../src/redis/scripting/load-script.ts'

export const CLOCK_KEY = 'model:now'
const DRAW_KEY = 'model:draw'

/** These touch keys of other slots, which a single Redis allows: the model tests placements, not slots. */
export const INCLUDES = {
  'lib/clock': `local now = tonumber(redis.call('GET', '${CLOCK_KEY}'))`,
  'lib/random': `
local function drawMembers(key, count)
  local all = redis.call('SMEMBERS', key)
  table.sort(all)
  local state = tonumber(redis.call('GET', '${DRAW_KEY}') or 1)
  local drawn = {}
  while #drawn < count and #all > 0 do
    state = (state * 16807) % 2147483647
    table.insert(drawn, table.remove(all, state % #all + 1))
  end
  redis.call('SET', '${DRAW_KEY}', state)
  return drawn
end`,
} satisfies Includes

/** A script of a test. */
export const script = (name: string, source: string): Script => ({
  name,
  source,
  sha: createHash('sha1').update(source).digest('hex'),
})

type Call = { script: Script; shardPrefix: string; args: readonly string[] }
type ScriptClient = Pick<RedisClient, 'kind' | 'run' | 'ping' | 'processIdOf'>

/** A script that a replica wants to run; it runs when it is delivered. */
export type Pending = Call & {
  owner: number
  resolve: (value: unknown) => void
  reject: (error: Error) => void
}

async function openModelRedis(port: number) {
  const client = createClient({ socket: { host: '127.0.0.1', port } })
  client.on('error', () => {})
  await client.connect()
  const pending: Pending[] = []
  let nowMs = 0
  let processes = 0

  const evaluate = async ({ script, shardPrefix, args }: Call): Promise<unknown> => {
    const call = { keys: [shardPrefix], arguments: [...args] }
    try {
      return await client.evalSha(script.sha, call)
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
      return client.eval(script.source, call)
    }
  }

  return {
    pending,
    now: () => nowMs,
    async setNow(ms: number) {
      nowMs = ms
      await client.set(CLOCK_KEY, ms)
    },
    seedDraw: (seed: number) => client.set(DRAW_KEY, (seed % 2147483646) + 1),
    /** The client of one replica, whose scripts wait in `pending` until they are delivered. */
    clientOf(owner: number, kind: RedisClient['kind']): ScriptClient {
      return {
        kind,
        run: (script, shardPrefix, args) =>
          new Promise((resolve, reject) =>
            pending.push({ script, shardPrefix, args, owner, resolve, reject }),
          ),
        ping: () => Promise.resolve(),
        processIdOf: () => `process-${processes}`,
      }
    },
    /** A client whose scripts run at once. */
    client: (kind: RedisClient['kind']): ScriptClient => ({
      kind,
      run: (script, shardPrefix, args) => evaluate({ script, shardPrefix, args }),
      ping: () => Promise.resolve(),
      processIdOf: () => `process-${processes}`,
    }),
    evaluate,
    flush: async () => {
      await client.flushAll()
      await client.set(CLOCK_KEY, nowMs)
    },
    /** All keys but those of the clock and the random source. */
    async snapshot(): Promise<Map<string, Buffer>> {
      const keys = (await client.keys('{lv*')).toSorted()
      const raw = client.withTypeMapping({ 36: Buffer })
      const dumps = await Promise.all(keys.map((key) => raw.dump(key)))
      return new Map(keys.map((key, i) => [key, dumps[i] as unknown as Buffer]))
    },
    /** As if Redis was started or promoted with the data of the snapshot. */
    async restore(snapshot: Map<string, Buffer>) {
      processes++
      const keys = await client.keys('{lv*')
      if (keys.length > 0) await client.del(keys)
      await Promise.all([...snapshot].map(([key, dump]) => client.restore(key, 0, dump as never)))
    },
    close: () => client.destroy(),
  }
}

/** Starts a Redis of its own. `stop` ends it and removes its files. */
export async function startModelRedis() {
  const { processes, ports, dir, close } = await openSandbox('model')
  const port = await ports.tcp()
  await startRedis(processes, { binary: await ensureRedis(), port, dir, logFile: join(dir, 'redis.log') })
  const redis = await openModelRedis(port)
  return {
    redis,
    stop: async () => {
      redis.close()
      await close()
    },
  }
}

export type ModelRedis = Awaited<ReturnType<typeof openModelRedis>>
