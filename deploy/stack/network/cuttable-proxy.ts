// A TCP proxy that tests can cut. It simulates the network link between a branch and its head office.
import { once } from 'node:events'
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net'
import { LOOPBACK } from './free-ports.ts'

export interface CuttableProxy {
  /** http:// address of the proxy. */
  url: string
  /** Closes all connections and refuses new ones. */
  cut(): Promise<void>
  /** Keeps connections and accepts new ones, but passes no more data on. */
  blackhole(): void
  /** Forwards again. Connections that were open during a blackhole are closed. */
  restore(): Promise<void>
}

export async function startCuttableProxy(to: string): Promise<CuttableProxy> {
  const { hostname, port: target } = new URL(to)
  let port = 0
  const open = new Set<Socket>()
  let server: Server | undefined
  let isBlackhole = false

  const forward = (near: Socket) => {
    const far = connect(Number(target), hostname)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one)
      one.on('data', (chunk) => {
        if (!isBlackhole) other.write(chunk)
      })
      one.on('error', () => {})
      one.on('close', () => {
        open.delete(one)
        if (!isBlackhole) other.destroy()
      })
    }
  }
  const listen = async () => {
    server = createServer(forward)
    server.listen(port, LOOPBACK)
    server.unref()
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  }
  const cut = async () => {
    for (const socket of open) socket.destroy()
    if (!server?.listening) return
    const closed = once(server, 'close')
    server.close()
    await closed
  }
  await listen()
  return {
    url: `http://${LOOPBACK}:${port}`,
    cut,
    blackhole() {
      isBlackhole = true
    },
    async restore() {
      await cut()
      isBlackhole = false
      await listen()
    },
  }
}
