// Redis as the appliance runs it: loopback only, append-only file, synced every second.
import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { Child, Nursery } from './children.ts'
import { LOOPBACK } from './ports.ts'

export interface RedisOptions {
  binary: string
  port: number
  dir: string
  logFile: string
  name?: string
  /** Besides those that every Redis here has. */
  settings?: Readonly<Record<string, string | readonly string[]>>
  /** Default: it answers. */
  ready?: () => Promise<boolean>
}

export function startRedis(nursery: Nursery, options: RedisOptions): Promise<Child> {
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
    ...options.settings,
  }
  return nursery.start({
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

/** One of several: its name, and its folder and log in `dir`, are told by its port. */
export async function startRedisNode(
  nursery: Nursery,
  { dir, port, ...more }: Omit<RedisOptions, 'name' | 'logFile'>,
): Promise<RedisProcess> {
  const name = `redis-${port}`
  const home = join(dir, String(port))
  const child = await startRedis(nursery, {
    ...more,
    name,
    port,
    dir: home,
    logFile: join(dir, `${name}.log`),
  })
  // Not a spread: that would read its running state once and for all.
  return Object.assign(child, { port })
}

/** True when Redis answers PONG: an open port alone may still be loading its file. */
export async function isRedisUp(port: number): Promise<boolean> {
  return (await askRedis(port, 'PING')).startsWith('+PONG')
}

/** True for a replica that has all that its primary has. */
export async function isInStep(port: number): Promise<boolean> {
  return (await askRedis(port, 'INFO replication')).includes('master_link_status:up')
}

/** One command without blanks in its arguments; gives the answer as it is on the wire, if it comes in one piece. */
export function askRedis(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, LOOPBACK, () => socket.write(`${command}\r\n`))
    socket.setTimeout(1_000, () => socket.destroy(new Error('no answer')))
    socket.once('data', (data) => {
      resolve(data.toString())
      socket.destroy()
    })
    socket.once('error', reject)
    // A Redis that changes places ends its connections without a word.
    socket.once('close', () => reject(new Error('no answer')))
  })
}
