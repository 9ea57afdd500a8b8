// Redis as the appliance runs it: loopback only, append-only file, synced every second.
import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import type { Child, Nursery } from './children.ts'
import { LOOPBACK } from './ports.ts'

export interface RedisOptions {
  binary: string
  port: number
  dir: string
  logFile: string
}

export function startRedis(nursery: Nursery, { binary, port, dir, logFile }: RedisOptions): Promise<Child> {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const settings = {
    port: String(port),
    bind: LOOPBACK,
    dir,
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
    'maxmemory-policy': 'noeviction',
  }
  return nursery.start({
    name: 'redis',
    command: binary,
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    cwd: dir,
    logFile,
    ready: () => ping(port),
    stopRank: 2,
  })
}

/** True when Redis answers PONG: an open port alone may still be loading its file. */
function ping(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, LOOPBACK, () => socket.write('PING\r\n'))
    socket.setTimeout(1_000, () => socket.destroy(new Error('no answer')))
    socket.once('data', (data) => {
      resolve(data.toString().startsWith('+PONG'))
      socket.destroy()
    })
    socket.once('error', reject)
  })
}
