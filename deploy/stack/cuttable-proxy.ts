// The line between a branch and its head office: TCP passed on, until it is cut.
import { once } from 'node:events'
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net'
import { LOOPBACK } from './ports.ts'

export interface CuttableLine {
  url: string
  /** Connections break off, new ones are refused. */
  cut(): Promise<void>
  /** Connections stay and new ones are taken, but nothing comes through any more. */
  hush(): void
  /** As new. What stood while it was hushed breaks off. */
  mend(): Promise<void>
}

export async function startLine(to: string): Promise<CuttableLine> {
  const { hostname, port: target } = new URL(to)
  let port = 0
  const open = new Set<Socket>()
  let server: Server | undefined
  let isHushed = false

  const carry = (near: Socket) => {
    const far = connect(Number(target), hostname)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one)
      one.on('data', (chunk) => {
        if (!isHushed) other.write(chunk)
      })
      one.on('error', () => {})
      one.on('close', () => {
        open.delete(one)
        if (!isHushed) other.destroy()
      })
    }
  }
  const listen = async () => {
    server = createServer(carry)
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
    hush() {
      isHushed = true
    },
    async mend() {
      await cut()
      isHushed = false
      await listen()
    },
  }
}
