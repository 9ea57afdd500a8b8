import type { Logger } from 'pino'
import { REDIS_COMMAND_TIMEOUT_MS } from '../../tuning/redis.ts'
import type { Script } from '../scripting/load-script.ts'
import { openCluster } from './cluster.ts'
import { createDeadlines, type Deadlines } from './deadlines.ts'
import type { Health } from './health.ts'
import { startHeartbeat } from './heartbeat.ts'
import { parseRedisUrl, type RedisUrl } from './redis-url.ts'
import { openSentinel } from './sentinel.ts'
import { openSingle } from './single.ts'
import type { Topology } from './topology.ts'

export { parseRedisUrl } from './redis-url.ts'
export { StoreUnavailable } from './health.ts'

/** Runs scripts on one Redis, a Cluster, or a primary that sentinels watch. */
export type RedisClient = {
  kind: 'single' | 'cluster' | 'sentinel'
  /**
   * Runs one script in one round trip (EVALSHA; after NOSCRIPT its source is sent once). `shardPrefix` holds a {hash tag}
   * and is KEYS[1]; all keys that the script touches are in its slot. It must not itself be a key that exists: then a
   * Cluster that moves the slot to another node refuses the script (ASK) until all keys are there. Throws
   * StoreUnavailable when Redis is unavailable or does not answer within REDIS_COMMAND_TIMEOUT_MS; an error of the script
   * is thrown as it is.
   */
  run(script: Script, shardPrefix: string, args: readonly string[]): Promise<unknown>
  /** Run id of the Redis process that serves this shard; it changes with each start and each failover. */
  processIdOf(shardPrefix: string): string | undefined
  /** Resolves only when every primary answers. */
  ping(): Promise<void>
  /** Closes everything at once; calls without an answer throw StoreUnavailable. */
  destroy(): void
}

/** Connects in the background, for ever. `url`: see parseRedisUrl, whose fault this throws. */
export function openRedis(url: string, log: Logger): RedisClient {
  const where = parseRedisUrl(url)
  if ('fault' in where) throw new Error(where.fault)
  const deadlines = createDeadlines(REDIS_COMMAND_TIMEOUT_MS)
  const topology = openTopology(where, deadlines)
  const logHealth = healthLogger(log)
  const heartbeat = startHeartbeat((now) => {
    deadlines.rejectExpired(now)
    topology.beat(now)
    logHealth(topology.health())
  })
  return {
    kind: where.kind,
    run: topology.run,
    processIdOf: topology.processIdOf,
    ping: topology.ping,
    destroy() {
      heartbeat.stop()
      topology.destroy()
    },
  }
}

function openTopology(where: RedisUrl, deadlines: Deadlines): Topology {
  if (where.kind === 'cluster') return openCluster(where, deadlines)
  if (where.kind === 'sentinel') return openSentinel(where, deadlines)
  return openSingle(where, deadlines)
}

/** Logs once when Redis becomes unavailable, with the first reason, and once when all of it is back. */
function healthLogger(log: Logger): (health: Health) => void {
  let logged: 'unavailable' | 'up' | undefined
  return (health) => {
    if (health.state === 'connecting' || health.state === logged) return
    if (health.state === 'unavailable') log.warn({ reason: health.reason }, 'redis is unavailable')
    else log.info(logged ? 'redis is back' : 'redis is connected')
    logged = health.state
  }
}
