// Serves the page of the stock client, with the same library as the product and tokens signed here.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { EdgeNode } from '@levee/deploy/stack'
import { signToken } from '../people/livekit-rooms.ts'

export interface StockSite {
  link: (node: Pick<EdgeNode, 'url' | 'key'>, room: string, identity: string) => string
  stop: () => void
}

/** A room event of the stock client; milliseconds since 1970. */
export interface StockEvent {
  name: string
  atMs: number
}

declare global {
  interface Window {
    levee_stock: StockEvent[]
  }
}

export async function startStockSite(): Promise<StockSite> {
  const library = import.meta.resolve('livekit-client')
  const files: Record<string, [type: string, content: Buffer]> = {
    '/': ['text/html', readFileSync(new URL('stock.html', import.meta.url))],
    '/livekit-client.js': ['text/javascript', readFileSync(new URL('livekit-client.umd.js', library))],
  }
  const server = createServer((request, reply) => {
    const file = files[request.url ?? '']
    reply.writeHead(file ? 200 : 404, { 'content-type': file?.[0] ?? 'text/plain' }).end(file?.[1])
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    link: ({ url, key }, room, identity) => {
      const fragment = JSON.stringify({
        url,
        token: signToken(key, { sub: identity, video: { roomJoin: true, room } }),
      })
      return `http://localhost:${port}/#${encodeURIComponent(fragment)}`
    },
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}
