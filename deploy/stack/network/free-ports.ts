// Free ports for tests and benchmarks. Two processes that run at the same time never get the same ones.
import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { createServer, type Server } from 'node:net'
import { UserError } from '../../setup/user-error.mjs'
import { FIRST_FREE_PORT, PORT_BLOCK, PORT_BLOCKS, UDP_PORT_OFFSET } from '../../setup/tuning.mjs'

export const LOOPBACK = '127.0.0.1'

export interface FreePorts {
  tcp(): Promise<number>
  udp(): Promise<number>
  release(): void
}

/**
 * Claims blocks of 100 ports. The last port of a block stays open as its guard until `release`: two owners never share
 * a block, and the kernel frees the block when its owner ends.
 */
export async function claimFreePorts(): Promise<FreePorts> {
  const guards: Server[] = []
  let tcp = { next: 0, end: 0 }
  let udp = { next: 0, end: 0 }
  async function claim(): Promise<void> {
    const start = randomInt(PORT_BLOCKS)
    for (let i = 0; i < PORT_BLOCKS; i++) {
      const base = FIRST_FREE_PORT + ((start + i) % PORT_BLOCKS) * PORT_BLOCK
      const guard = await listen(base + PORT_BLOCK - 1, LOOPBACK)
      if (!guard) continue
      guard.unref()
      guards.push(guard)
      tcp = { next: base, end: base + UDP_PORT_OFFSET }
      udp = { next: base + UDP_PORT_OFFSET, end: base + PORT_BLOCK - 1 }
      return
    }
    throw new UserError('All ports from 20000 to 29999 are claimed: stop other test runs and try again.')
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

/** Free on 127.0.0.1 and ::1: a browser may try either for “localhost”. */
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
