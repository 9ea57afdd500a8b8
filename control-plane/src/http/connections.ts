import type { Server } from 'node:http'
import { BlockList, isIPv6, type Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  CONNECTIONS_MAX,
  CONNECTIONS_PER_ADDRESS,
  UNREAD_BODY_BYTES,
  UNREAD_LINGER_MS,
} from '../tuning/http.ts'

/**
 * Bounds open connections, in total and per address. Many clients share the address of a trusted proxy, so only the total
 * bounds it. `proxies`: addresses and CIDR ranges.
 */
export function limitConnections(server: Server, proxies: readonly string[]): void {
  const trusted = new BlockList()
  for (const range of proxies) {
    const [address = '', bits] = range.split('/')
    const [family, width] = isIPv6(address) ? (['ipv6', 128] as const) : (['ipv4', 32] as const)
    trusted.addSubnet(address, Number(bits ?? width), family)
  }
  const open = new Map<string, number>()
  server.maxConnections = CONNECTIONS_MAX
  server.on('connection', (socket: Socket) => {
    // Dual-stack sockets report IPv4 addresses in the longer form.
    const address = (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/i, '')
    if (trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')) return
    const count = (open.get(address) ?? 0) + 1
    if (count > CONNECTIONS_PER_ADDRESS) {
      // Counted neither now nor when it closes.
      socket.destroy()
      return
    }
    open.set(address, count)
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1
      if (left > 0) open.set(address, left)
      else open.delete(address)
    })
  })
}

/**
 * Before a refusal: does not read the rest of a large body, which would cost more than the refusal. The connection stays
 * open for a moment, because a client that is still sending when it is reset may never read the answer.
 */
export function leaveUnread({ raw }: FastifyRequest, reply: FastifyReply): void {
  if (Number(raw.headers['content-length'] ?? Infinity) <= UNREAD_BODY_BYTES) return
  // Node discards the rest of a body only if nobody has begun to read it. One that has begun and goes no further fills its
  // buffer, and the rest waits in the kernel.
  raw.read(0)
  reply.header('connection', 'close')
  const { socket } = raw
  // Node calls this after the answer, and would reset the connection at once.
  socket.destroySoon = () => {
    socket.end()
    setTimeout(() => socket.destroy(), UNREAD_LINGER_MS).unref()
  }
}
