// Ports: free ones for tests, and a plain answer when a wanted one is taken.
import { createSocket } from 'node:dgram'
import { readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { basename } from 'node:path'
import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { Trouble } from '../setup/progress.mjs'
import { until } from './until.ts'

export const LOOPBACK = '127.0.0.1'

// Below the range from which systems take ports for outgoing connections (32768 on Linux, 49152 on macOS).
const FIRST = 20_000
const BLOCK = 100
const BLOCKS = 100
const UDP_OFFSET = 50

export interface FreePorts {
  tcp(): Promise<number>
  udp(): Promise<number>
  release(): void
}

/**
 * Claims blocks of 100 ports. The last port of a block is held open as its guard for as long as the stack lives,
 * so two runs never share a block, and the kernel frees it when the owner dies.
 */
export async function claimFreePorts(): Promise<FreePorts> {
  const guards: Server[] = []
  let tcp = { next: 0, end: 0 }
  let udp = { next: 0, end: 0 }
  async function claim(): Promise<void> {
    const start = randomInt(BLOCKS)
    for (let i = 0; i < BLOCKS; i++) {
      const base = FIRST + ((start + i) % BLOCKS) * BLOCK
      const guard = await listen(base + BLOCK - 1, LOOPBACK)
      if (!guard) continue
      guard.unref()
      guards.push(guard)
      tcp = { next: base, end: base + UDP_OFFSET }
      udp = { next: base + UDP_OFFSET, end: base + BLOCK - 1 }
      return
    }
    throw new Trouble('All ports from 20000 to 29999 are claimed: stop other test runs and try again.')
  }
  async function take(kind: 'tcp' | 'udp'): Promise<number> {
    for (;;) {
      const range = kind === 'tcp' ? tcp : udp
      if (range.next >= range.end) await claim()
      else {
        const port = range.next++
        if (kind === 'tcp' ? await isTcpFree(port) : await isUdpFree(port)) return port
      }
    }
  }
  await claim()
  return {
    tcp: () => take('tcp'),
    udp: () => take('udp'),
    release: () => guards.forEach((guard) => guard.close()),
  }
}

function listen(port: number, host: string): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', () => resolve(undefined))
    server.listen({ port, host, exclusive: true }, () => resolve(server))
  })
}

/** Free on both loopbacks: a browser that is told “localhost” may try either. */
export async function isTcpFree(port: number): Promise<boolean> {
  for (const host of [LOOPBACK, '::1']) {
    const free = await new Promise<boolean>((resolve) => {
      const server = createServer()
      server.once('error', (error: NodeJS.ErrnoException) =>
        resolve(error.code !== 'EADDRINUSE' && error.code !== 'EACCES'),
      )
      server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
    })
    if (!free) return false
  }
  return true
}

export function isUdpFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    socket.once('error', () => resolve(false))
    socket.bind({ port, address: LOOPBACK, exclusive: true }, () => socket.close(() => resolve(true)))
  })
}

export interface WantedPort {
  port: number
  kind: 'tcp' | 'udp'
  /** What listens there, for the sentence. */
  use: string
  /** Environment variable that chooses another. */
  variable: string
}

/** A just-killed predecessor frees its ports within a second or two; anybody else is named in one sentence. */
export async function requirePorts(wanted: readonly WantedPort[], patienceMs = 2_500): Promise<void> {
  const isFree = ({ kind, port }: WantedPort) => (kind === 'tcp' ? isTcpFree(port) : isUdpFree(port))
  for (const want of wanted) {
    const free = await until(() => isFree(want), {
      what: `port ${want.port}`,
      timeoutMs: patienceMs,
      everyMs: 100,
    }).catch(() => false)
    if (free) continue
    const owner = portOwner(want.port)
    const another = want.port + 100
    throw new Trouble(
      `Port ${want.port} (${want.use}) is in use${owner ? ` by ${owner}` : ''}: stop that, or choose another with ${want.variable}=${another} npm start`,
    )
  }
}

/** “node (pid 123)”, where the system lets us see it. */
function portOwner(port: number): string | undefined {
  return process.platform === 'linux' ? ownerFromProc(port) : ownerFromLsof(port)
}

function ownerFromLsof(port: number): string | undefined {
  const told = spawnSync('lsof', ['-nP', '-i', `:${port}`, '-Fpc'], { encoding: 'utf8' }).stdout ?? ''
  const pid = /^p(\d+)/m.exec(told)?.[1]
  const name = /^c(.+)/m.exec(told)?.[1]
  return pid && `${name} (pid ${pid})`
}

function ownerFromProc(port: number): string | undefined {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const inodes = new Set<string>()
  for (const table of ['tcp', 'tcp6', 'udp', 'udp6']) {
    for (const line of readFileSync(`/proc/net/${table}`, 'utf8').split('\n').slice(1)) {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/)
      const listening = table.startsWith('udp') || state === '0A'
      if (inode && listening && local?.endsWith(`:${hex}`)) inodes.add(`socket:[${inode}]`)
    }
  }
  if (inodes.size === 0) return undefined
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      for (const fd of readdirSync(`/proc/${pid}/fd`)) {
        if (inodes.has(readlinkSync(`/proc/${pid}/fd/${fd}`)))
          return `${basename(readlinkSync(`/proc/${pid}/exe`))} (pid ${pid})`
      }
    } catch {
      // Other people's processes, or one that just ended.
    }
  }
  return undefined
}
