import type { Logger } from 'pino'
import { REDIS_COMMAND_TIMEOUT_MS } from '../../tuning/redis.ts'
import { openCluster } from './cluster.ts'
import { createDeadlines, type Deadlines } from './deadlines.ts'
import type { Health } from './link.ts'
import { startPulse } from './heartbeat.ts'
import { parseRedisUrl, type RedisUrl } from './redis-url.ts'
import type { Script } from '../scripts.ts'
import { openSentinel } from './sentinel.ts'
import { openSingle } from './single.ts'
import type { Topology } from './topology.ts'

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
