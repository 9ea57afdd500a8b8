// HTTP over few kept-alive connections, for many callers. Node's own client takes four times the CPU per request
// (measured: 80 µs against 20), and the fleet shares two cores with what it measures.
import { type Socket, connect } from 'node:net'

export interface Reply {
  status: number
  body: string
}

export type Method = 'GET' | 'POST' | 'DELETE'

/** A request whose head is made once, so that repeating it costs only its body. */
export interface Call {
  /** All up to the body's length. */
  head: string
}

export interface Wire {
  call(method: Method, path: string, bearer?: string): Call
  /** Rejects with WireFault when there is no whole answer in time. */
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

interface Line {
  socket: Socket | undefined
  job: Job | undefined
  /** Of an answer that has not come whole. */
  rest: Buffer | undefined
}

/** How often time limits are looked at; they are seconds. */
const WATCH_MS = 100

/**
 * At most `connections` at a time, one request on each: with pipelining a replica would read several in one go, which
 * real agents and browsers never let it do. `localAddress`: the loopback address that the other side sees.
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
  const lines: Line[] = []
  const idle: Line[] = []
  const waiting: (Job | undefined)[] = []
  let first = 0
  let closed = false
  let ownAddress = options.localAddress

  function start(line: Line, job: Job): void {
    line.job = job
    line.socket ??= openSocket(line)
    line.socket.write(job.text, 'latin1')
  }

  function openSocket(line: Line): Socket {
    const socket = connect({ ...target, ...(ownAddress !== undefined && { localAddress: ownAddress }) })
    socket.on('data', (chunk: Buffer) => {
      if (line.socket === socket) take(line, chunk)
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // Only Linux has all of 127.0.0.0/8.
      if (error.code === 'EADDRNOTAVAIL') ownAddress = undefined
      lose(line, socket, error.code ?? error.message)
    })
    socket.on('close', () => lose(line, socket, 'the connection was closed'))
    return socket
  }

  function lose(line: Line, socket: Socket, why: string): void {
    if (line.socket !== socket) return
    line.socket = undefined
    line.rest = undefined
    socket.destroy()
    const { job } = line
    if (job) next(line)
    job?.reject(new WireFault(why))
  }

  function take(line: Line, chunk: Buffer): void {
    const bytes = line.rest ? Buffer.concat([line.rest, chunk]) : chunk
    const reply = parse(bytes)
    if (reply === undefined) {
      line.rest = bytes
      return
    }
    line.rest = undefined
    const { job, socket } = line
    if (reply.closing && socket) {
      line.socket = undefined
      socket.destroy()
    }
    next(line)
    job?.resolve(reply)
  }

  function next(line: Line): void {
    line.job = undefined
    const job = waiting[first]
    if (job === undefined) {
      idle.push(line)
      return
    }
    waiting[first++] = undefined
    if (first === waiting.length) first = waiting.length = 0
    start(line, job)
  }

  const watch = setInterval(() => {
    const now = performance.now()
    for (const line of lines)
      if (line.job && line.socket && line.job.dueMs < now) lose(line, line.socket, 'no answer in time')
  }, WATCH_MS)

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
        let line = idle.pop()
        if (!line && lines.length < options.connections)
          lines.push((line = { socket: undefined, job: undefined, rest: undefined }))
        if (line) start(line, job)
        else waiting.push(job)
      })
    },
    pending: () => lines.length - idle.length + waiting.length - first,
    close() {
      closed = true
      clearInterval(watch)
      for (const job of waiting.splice(0)) job?.reject(new WireFault('closed'))
      for (const line of lines) {
        const { socket, job } = line
        line.socket = line.job = undefined
        socket?.destroy()
        job?.reject(new WireFault('closed'))
      }
    },
  }
}

const HEAD_END = Buffer.from('\r\n\r\n')
const NO_BODY = 204

/** undefined: more is to come. Only answers that tell their length: all that Fastify gives to JSON routes. */
function parse(bytes: Buffer): (Reply & { closing: boolean }) | undefined {
  const headEnd = bytes.indexOf(HEAD_END)
  if (headEnd < 0) return undefined
  const head = bytes.toString('latin1', 0, headEnd)
  const status = Number(head.slice(9, 12))
  const closing = /\r\nconnection: close/i.test(head)
  if (status === NO_BODY) return { status, body: '', closing }
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
  if (length === undefined) throw new Error(`an answer does not tell its length: ${head.slice(0, 40)}`)
  const end = headEnd + 4 + Number(length)
  return bytes.length < end ? undefined : { status, body: bytes.toString('utf8', headEnd + 4, end), closing }
}

/** Content that must be of single bytes, as lengths are told in letters. */
export const json = (value: unknown): string =>
  JSON.stringify(value).replace(/[^\0-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
