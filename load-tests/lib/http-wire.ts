// HTTP for many callers over a few kept-alive connections. Node's own client takes four times the CPU per request
// (80 µs instead of 20), and the load generator shares two cores with what it measures.
import { type Socket, connect } from 'node:net'
import { WIRE_CHECK_MS } from './tuning.ts'

export interface Reply {
  status: number
  body: string
}

export type Method = 'GET' | 'POST' | 'DELETE'

/** A request whose head is built once, so that repeating it costs only its body. */
export interface Call {
  /** Everything before the length of the body. */
  head: string
}

export interface Wire {
  call(method: Method, path: string, bearer?: string): Call
  /** Rejects with WireFault if no complete answer comes in time. */
  send(call: Call, body?: string): Promise<Reply>
  /** Requests sent or waiting for a connection. */
  pending(): number
  close(): void
}

export class WireFault extends Error {
  override name = 'WireFault'
}

interface Job {
  text: string
  dueMs: number
  resolve: (reply: Reply) => void
  reject: (error: WireFault) => void
}

interface Connection {
  socket: Socket | undefined
  job: Job | undefined
  /** The bytes of an incomplete answer. */
  partial: Buffer | undefined
}

/**
 * Opens at most `connections`, with one request at a time on each: with pipelining a replica would read several
 * requests at once, which never happens with real agents and browsers. `localAddress`: the loopback address that the
 * server sees.
 */
export function openWire(options: {
  url: string
  connections: number
  timeoutMs: number
  localAddress?: string
}): Wire {
  const { hostname, port, host } = new URL(options.url)
  const target = {
    host: hostname === 'localhost' ? '127.0.0.1' : hostname,
    port: Number(port),
    noDelay: true,
  }
  const connections: Connection[] = []
  const idle: Connection[] = []
  const waiting: (Job | undefined)[] = []
  let first = 0
  let closed = false
  let ownAddress = options.localAddress

  function start(connection: Connection, job: Job): void {
    connection.job = job
    connection.socket ??= openSocket(connection)
    connection.socket.write(job.text, 'latin1')
  }

  function openSocket(connection: Connection): Socket {
    const socket = connect({ ...target, ...(ownAddress !== undefined && { localAddress: ownAddress }) })
    socket.on('data', (chunk: Buffer) => {
      if (connection.socket === socket) receive(connection, chunk)
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // Only Linux accepts every address of 127.0.0.0/8.
      if (error.code === 'EADDRNOTAVAIL') ownAddress = undefined
      fail(connection, socket, error.code ?? error.message)
    })
    socket.on('close', () => fail(connection, socket, 'the connection was closed'))
    return socket
  }

  function fail(connection: Connection, socket: Socket, why: string): void {
    if (connection.socket !== socket) return
    connection.socket = undefined
    connection.partial = undefined
    socket.destroy()
    const { job } = connection
    if (job) next(connection)
    job?.reject(new WireFault(why))
  }

  function receive(connection: Connection, chunk: Buffer): void {
    const bytes = connection.partial ? Buffer.concat([connection.partial, chunk]) : chunk
    const reply = parse(bytes)
    if (reply === undefined) {
      connection.partial = bytes
      return
    }
    connection.partial = undefined
    const { job, socket } = connection
    if (reply.closing && socket) {
      connection.socket = undefined
      socket.destroy()
    }
    next(connection)
    job?.resolve(reply)
  }

  function next(connection: Connection): void {
    connection.job = undefined
    const job = waiting[first]
    if (job === undefined) {
      idle.push(connection)
      return
    }
    waiting[first++] = undefined
    if (first === waiting.length) first = waiting.length = 0
    start(connection, job)
  }

  const timeouts = setInterval(() => {
    const now = performance.now()
    for (const connection of connections)
      if (connection.job && connection.socket && connection.job.dueMs < now)
        fail(connection, connection.socket, 'no answer in time')
  }, WIRE_CHECK_MS)

  return {
    call(method, path, bearer) {
      const key = bearer === undefined ? '' : `authorization: Bearer ${bearer}\r\n`
      const type = method === 'POST' ? 'content-type: application/json\r\n' : ''
      return { head: `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\n${key}${type}` }
    },
    send({ head }, body) {
      const text = body === undefined ? `${head}\r\n` : `${head}content-length: ${body.length}\r\n\r\n${body}`
      return new Promise<Reply>((resolve, reject) => {
        if (closed) return reject(new WireFault('closed'))
        const job: Job = { text, dueMs: performance.now() + options.timeoutMs, resolve, reject }
        let connection = idle.pop()
        if (!connection && connections.length < options.connections)
          connections.push((connection = { socket: undefined, job: undefined, partial: undefined }))
        if (connection) start(connection, job)
        else waiting.push(job)
      })
    },
    pending: () => connections.length - idle.length + waiting.length - first,
    close() {
      closed = true
      clearInterval(timeouts)
      for (const job of waiting.splice(0)) job?.reject(new WireFault('closed'))
      for (const connection of connections) {
        const { socket, job } = connection
        connection.socket = connection.job = undefined
        socket?.destroy()
        job?.reject(new WireFault('closed'))
      }
    },
  }
}

const HEAD_END = Buffer.from('\r\n\r\n')
const NO_BODY = 204

/** Undefined if the answer is incomplete. Understands only answers with a content-length: all JSON routes of Fastify. */
function parse(bytes: Buffer): (Reply & { closing: boolean }) | undefined {
  const headEnd = bytes.indexOf(HEAD_END)
  if (headEnd < 0) return undefined
  const head = bytes.toString('latin1', 0, headEnd)
  const status = Number(head.slice(9, 12))
  const closing = /\r\nconnection: close/i.test(head)
  if (status === NO_BODY) return { status, body: '', closing }
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
  if (length === undefined) throw new Error(`an answer without a content-length: ${head.slice(0, 40)}`)
  const end = headEnd + 4 + Number(length)
  return bytes.length < end ? undefined : { status, body: bytes.toString('utf8', headEnd + 4, end), closing }
}

/** JSON in ASCII, because `send` uses the number of characters as the number of bytes. */
export const json = (value: unknown): string =>
  JSON.stringify(value).replace(/[^\0-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
