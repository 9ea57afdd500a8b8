// Distance between a browser and a node on the same machine: a TCP relay that delays every byte.
import { once } from 'node:events'
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

export interface Relay {
  /** For browsers, in place of the node's own URL. */
  url: string
  /** Half of the round trip. It can be changed at any time. */
  oneWayMs: number
  /** Sets the target, which is known only after the node has started. */
  forwardTo(port: number): void
  /** Refuses new connections and ends the existing ones. */
  close(): void
}

export async function startRelay(): Promise<Relay> {
  const sockets = new Set<Socket>()
  let target = 0
  const server = createServer((near) => {
    const far = createConnection({ port: target, host: '127.0.0.1' })
    for (const socket of [near, far]) {
      socket.setNoDelay(true)
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => sockets.delete(socket))
    }
    carry(near, far)
    carry(far, near)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const relay: Relay = {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    oneWayMs: 0,
    forwardTo: (port) => (target = port),
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }

  /** Keeps the order even when the delay changes meanwhile. */
  function carry(from: Socket, to: Socket): void {
    let before: Promise<unknown> = Promise.resolve()
    const later = (act: () => void) => {
      before = Promise.all([before, pause(relay.oneWayMs)]).then(act)
    }
    from.on('data', (bytes) => later(() => void to.write(bytes)))
    from.on('end', () => later(() => to.end()))
    from.on('close', () => later(() => to.destroy()))
  }
  return relay
}
