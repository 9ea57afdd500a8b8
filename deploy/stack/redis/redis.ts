// Redis with the settings of `npm start`: loopback only, append-only file, synced every second.
import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { LOOPBACK } from '../network/free-ports.ts'
import type { Child } from '../processes/child-spec.ts'
import type { ProcessGroup } from '../processes/process-group.ts'

export interface RedisOptions {
  binary: string
  port: number
  dir: string
  logFile: string
  name?: string
  /** Settings in addition to those that every Redis here has. */
  settings?: Readonly<Record<string, string | readonly string[]>>
  /** Default: Redis answers PONG. */
  ready?: () => Promise<boolean>
}

export function startRedis(processes: Pick<ProcessGroup, 'start'>, options: RedisOptions): Promise<Child> {
  const { binary, port, dir, logFile, name = 'redis', ready = () => isRedisUp(port) } = options
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const settings = {
    port: String(port),
    bind: LOOPBACK,
    dir,
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
    'maxmemory-policy': 'noeviction',
    // Its title would overwrite its environment variables, by which a test run finds processes that are left.
    'set-proc-title': 'no',
    ...options.settings,
  }
  return processes.start({
    name,
    command: binary,
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, ...[value].flat()]),
    cwd: dir,
    logFile,
    ready,
    stopRank: 2,
  })
}

export interface RedisProcess extends Child {
  port: number
}

/** One of several Redis servers: its name, and its folder and log in `dir`, contain its port. */
export async function startRedisNode(
  processes: ProcessGroup,
  { dir, port, ...more }: Omit<RedisOptions, 'name' | 'logFile'>,
): Promise<RedisProcess> {
  const name = `redis-${port}`
  const home = join(dir, String(port))
  const child = await startRedis(processes, {
    ...more,
    name,
    port,
    dir: home,
    logFile: join(dir, `${name}.log`),
  })
  // Not a spread: `pid` and `running` change over time.
  return Object.assign(child, { port })
}

/** True when Redis answers PONG. An open port is not enough: Redis may still be loading its file. */
export async function isRedisUp(port: number): Promise<boolean> {
  return (await sendRedisCommand(port, 'PING')).startsWith('+PONG')
}

/** True for a replica that is in sync with its primary. */
export async function isReplicaInSync(port: number): Promise<boolean> {
  return (await sendRedisCommand(port, 'INFO replication')).includes('master_link_status:up')
}

/** Sends one command whose arguments have no spaces. Returns the first chunk of the raw reply. */
export function sendRedisCommand(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, LOOPBACK, () => socket.write(`${command}\r\n`))
    socket.setTimeout(1_000, () => socket.destroy(new Error('no answer')))
    socket.once('data', (data) => {
      resolve(data.toString())
      socket.destroy()
    })
    socket.once('error', reject)
    // During a failover Redis closes its connections without an error.
    socket.once('close', () => reject(new Error('no answer')))
  })
}
