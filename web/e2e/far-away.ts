// Distance for nodes that all run on this machine: a TCP relay that keeps every byte for a while.
import { once } from 'node:events'
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

export interface Relay {
  /** For browsers, in place of the node's own. */
  url: string
  /** Half a round trip. May change at any time. */
  oneWayMs: number
  /** Where to: known only after the node has started. */
  to(port: number): void
  /** Refuses new connections and ends those there are. */
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
    to: (port) => (target = port),
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }

  /** In order, also when the delay changes on the way. */
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
