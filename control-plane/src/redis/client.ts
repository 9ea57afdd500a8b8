import { createClient } from 'redis'
import type { Logger } from 'pino'
import { REDIS_COMMAND_TIMEOUT_MS, REDIS_RECONNECT_MAX_MS } from '../limits.ts'
import { openCluster } from './cluster.ts'
import { createDeadlines, type Deadlines } from './deadlines.ts'
import type { Health } from './link.ts'
import { startPulse } from './pulse.ts'
import { parseRedisUrl, type RedisUrl } from './redis-url.ts'
import type { Script } from './scripts.ts'
import { openSentinel } from './sentinel.ts'
import { openSingle } from './single.ts'
import type { Topology } from './topology.ts'
import { StoreUnavailable } from './unavailable.ts'

export { parseRedisUrl } from './redis-url.ts'
export { StoreUnavailable } from './unavailable.ts'

/** One Redis, a Cluster or a Sentinel-managed primary behind one face. */
export type Store = {
  kind: 'single' | 'cluster' | 'sentinel'
  /**
   * Runs one script in one round trip (EVALSHA; on NOSCRIPT it is sent whole, once). `root` holds a {hash tag} and is
   * KEYS[1]; all keys that the script touches stand in its slot. It must itself be the name of no key: then a Cluster
   * that moves the slot to another node refuses the script (ASK) until all keys are there. Throws StoreUnavailable when
   * Redis is away or does not answer in REDIS_COMMAND_TIMEOUT_MS; an error of the script stays what it is.
   */
  run(script: Script, root: string, args: readonly string[]): Promise<unknown>
  /** What the Redis process behind this root calls itself: another after each start and each failover. */
  processOf(root: string): string | undefined
  /** Answers only when every primary answers. */
  ping(): Promise<void>
  /** Ends everything at once; what is still unanswered throws StoreUnavailable. */
  destroy(): void
}

/** Connects in the background for ever. `url`: see parseRedisUrl, whose fault this throws. */
export function openStore(url: string, log: Logger): Store {
  const where = parseRedisUrl(url)
  if ('fault' in where) throw new Error(where.fault)
  const deadlines = createDeadlines(REDIS_COMMAND_TIMEOUT_MS)
  const topology = openTopology(where, deadlines)
  const tell = teller(log)
  const pulse = startPulse((now) => {
    deadlines.sweep(now)
    topology.beat(now)
    tell(topology.health())
  })
  return {
    kind: where.kind,
    run: topology.run,
    processOf: topology.processOf,
    ping: topology.ping,
    destroy() {
      pulse.stop()
      topology.destroy()
    },
  }
}

function openTopology(where: RedisUrl, deadlines: Deadlines): Topology {
  if (where.kind === 'cluster') return openCluster(where, deadlines)
  if (where.kind === 'sentinel') return openSentinel(where, deadlines)
  return openSingle(where, deadlines)
}

/** Says it once when Redis goes, with the first reason, and once when all of it is back. */
function teller(log: Logger): (health: Health) => void {
  let told: 'away' | 'up' | undefined
  return (health) => {
    if (health.state === 'dialing' || health.state === told) return
    if (health.state === 'away') log.warn({ reason: health.reason }, 'redis is away')
    else log.info(told ? 'redis is back' : 'redis is connected')
    told = health.state
  }
}

export type RedisClient = ReturnType<typeof open>

function open(url: string) {
  return createClient({
    url,
    // A command that cannot be sent now is refused at once, never kept for later: a person is waiting for the answer.
    disableOfflineQueue: true,
    pingInterval: 500,
    // withDeadline below bounds each command; the client's own timer costs an AbortSignal for each.
    commandOptions: { timeout: 0 },
    socket: {
      connectTimeout: REDIS_COMMAND_TIMEOUT_MS,
      // With a ping every 500 ms this much silence means a hung or vanished Redis: drop the socket and dial again.
      socketTimeout: 2 * REDIS_COMMAND_TIMEOUT_MS,
      reconnectStrategy: (retries) => Math.min(REDIS_RECONNECT_MAX_MS, 20 * 2 ** Math.min(retries, 5)),
      noDelay: true,
      keepAlive: true,
    },
  })
}

/** Connects in the background for ever; a replica starts, and says it is not ready, while Redis is away. */
export function connectRedis(url: string, log: Logger): RedisClient {
  const client = open(url)
  let down = false
  client.on('error', (error: Error) => {
    if (!down) log.warn({ reason: error.message || error.name }, 'redis is away')
    down = true
  })
  client.on('ready', () => {
    log.info(down ? 'redis is back' : 'redis is connected')
    down = false
  })
  client.connect().catch(() => {})
  return client
}

const LOADING = /^(LOADING|BUSY|MASTERDOWN|READONLY|CLUSTERDOWN|TRYAGAIN)\b/

/** Runs one command with a deadline; every way in which Redis can be away becomes StoreUnavailable. */
export async function withDeadline<T>(run: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new StoreUnavailable('redis did not answer in time')),
      REDIS_COMMAND_TIMEOUT_MS,
    )
  })
  try {
    return await Promise.race([run(), deadline])
  } catch (error) {
    if (error instanceof StoreUnavailable) throw error
    if (error instanceof Error && isAway(error)) throw new StoreUnavailable(error.message, { cause: error })
    throw error
  } finally {
    clearTimeout(timer)
  }
}

function isAway(error: Error): boolean {
  // An answer from Redis itself, unless it says that it cannot serve yet, is a fault of ours and stays as it is.
  return !/^[A-Z]+ |^ERR/.test(error.message) || LOADING.test(error.message)
}
