// A primary, its replica, and three sentinels that promote the replica when two of them cannot reach the primary.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type FreePorts, LOOPBACK } from '../network/free-ports.ts'
import type { ProcessGroup } from '../processes/process-group.ts'
import { type RedisProcess, sendRedisCommand, isReplicaInSync, isRedisUp, startRedisNode } from './redis.ts'
import { until } from '../until.ts'
import {
  SENTINELS,
  SENTINEL_DOWN_AFTER_MS,
  SENTINEL_FAILOVER_TIMEOUT_MS,
  SENTINEL_QUORUM,
} from '../../setup/tuning.mjs'

export interface RedisSentinelOptions {
  binary: string
  ports: Pick<FreePorts, 'tcp'>
  /** Contains a folder and a log for each process. */
  dir: string
}

export interface RedisSentinel {
  /** redis-sentinel://…, naming all sentinels. */
  url: string
  /** Their roles at the start; a failover swaps them. */
  primary: RedisProcess
  replica: RedisProcess
  sentinels: RedisProcess[]
}

const NAME = 'levee'
const SETTINGS = { 'replica-announce-ip': LOOPBACK, 'repl-diskless-sync-delay': '0' }

export async function startRedisSentinel(
  processes: ProcessGroup,
  options: RedisSentinelOptions,
): Promise<RedisSentinel> {
  const { binary, dir } = options
  const [primaryPort, replicaPort] = [await options.ports.tcp(), await options.ports.tcp()]
  const settings = { ...SETTINGS, replicaof: [LOOPBACK, String(primaryPort)] }
  const primary = await startRedisNode(processes, { binary, dir, port: primaryPort, settings: SETTINGS })
  const replica = await startRedisNode(processes, { binary, dir, port: replicaPort, settings })
  await until(() => isReplicaInSync(replicaPort), { what: 'the replica in sync with its primary' })
  const ports = await Promise.all(Array.from({ length: SENTINELS }, () => options.ports.tcp()))
  const sentinels = await Promise.all(
    ports.map((port) => startSentinel(processes, { binary, dir, port, primaryPort })),
  )
  for (const port of ports)
    await until(() => isReady(port), { what: `the sentinel at port ${port} knowing the others` })
  return {
    url: `redis-sentinel://${ports.map((port) => `${LOOPBACK}:${port}`).join(',')}/${NAME}`,
    primary,
    replica,
    sentinels,
  }
}

interface SentinelOptions extends Omit<RedisSentinelOptions, 'ports'> {
  port: number
  primaryPort: number
}

async function startSentinel(
  processes: ProcessGroup,
  { binary, dir, port, primaryPort }: SentinelOptions,
): Promise<RedisProcess> {
  const home = join(dir, String(port))
  mkdirSync(home, { recursive: true, mode: 0o700 })
  // A sentinel stores its state in its configuration file, and does not start when it cannot write to it.
  const file = join(home, 'sentinel.conf')
  const lines = [
    `port ${port}`,
    `bind ${LOOPBACK}`,
    `dir ${home}`,
    `sentinel announce-ip ${LOOPBACK}`,
    `sentinel monitor ${NAME} ${LOOPBACK} ${primaryPort} ${SENTINEL_QUORUM}`,
    `sentinel down-after-milliseconds ${NAME} ${SENTINEL_DOWN_AFTER_MS}`,
    `sentinel failover-timeout ${NAME} ${SENTINEL_FAILOVER_TIMEOUT_MS}`,
  ]
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 })
  const child = await processes.start({
    name: `sentinel-${port}`,
    command: binary,
    args: [file, '--sentinel'],
    cwd: home,
    logFile: join(dir, `sentinel-${port}.log`),
    ready: () => isRedisUp(port),
    // Before Redis: a sentinel that notices the stop of the primary would promote the replica while that stops too.
    stopRank: 1,
  })
  return Object.assign(child, { port })
}

/** True when the sentinel has a quorum for a failover and has found the replica. */
async function isReady(port: number): Promise<boolean> {
  const quorum = await sendRedisCommand(port, `SENTINEL CKQUORUM ${NAME}`)
  const replicas = await sendRedisCommand(port, `SENTINEL REPLICAS ${NAME}`)
  return quorum.startsWith(`+OK ${SENTINELS}`) && replicas.startsWith('*1\r\n')
}
