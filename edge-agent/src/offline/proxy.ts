import {
  Agent,
  request as plainRequest,
  type IncomingMessage,
  type RequestOptions,
  type ServerResponse,
} from 'node:http'
import { Agent as SecureAgent, request as secureRequest } from 'node:https'
import { pipeline } from 'node:stream/promises'
import { reasonOf, type Line } from './control-plane-link.ts'
import { ANSWER_TIMEOUT_MS, BODY_LIMIT_BYTES } from '../tuning/offline.ts'

/** What a request is passed on with. */
export type Passage = {
  /** Read already, so that it can be sent again; undefined: streamed as it comes. */
  body: Buffer | undefined
  /** As the browser sees it. */
  proto: string
  host: string
  /** Whether an answer that the store is away comes back here instead of going to the client. */
  holdStoreAway: boolean
}

/**
 * answered: it is the client’s, or the client is gone. held: the control plane is there and its store is not. cut:
 * nothing was sent to the client, and the branch has to answer by itself.
 */
export type Passed = { kind: 'answered' } | { kind: 'held'; answer: HeldAnswer } | { kind: 'cut' }
export type HeldAnswer = { status: number; headers: Headers; body: Buffer }

export type Forward = (from: IncomingMessage, to: ServerResponse, passage: Passage) => Promise<Passed>

type Headers = Record<string, string | string[]>
/** `stale`: on a connection that had been used before. `late`: not a byte for 15 s, though the control plane lives. */
type Sent = { answer: IncomingMessage } | { failure: unknown; stale: boolean; late: boolean }

/** Of one connection only (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Passes requests on to the control plane at `url`, whatever they are, and its answers back; bodies are never kept. */
export function forwarder(options: {
  /** Ends in `/`. */
  url: URL
  line: Line
  /** Sent along; a request that carries it has come back to us. */
  loopGuard: readonly [name: string, value: string]
}): Forward {
  const { url, line, loopGuard } = options
  const secure = url.protocol === 'https:'
  const request = secure ? secureRequest : plainRequest
  const agent = new (secure ? SecureAgent : Agent)({ keepAlive: true })

  /** Resolves with the beginning of the answer. */
  const send = (
    from: IncomingMessage,
    headers: Headers,
    body: Buffer | undefined,
    { fresh, signal }: { fresh: boolean; signal: AbortSignal },
  ): Promise<Sent> =>
    new Promise((resolve) => {
      const to: RequestOptions = {
        protocol: url.protocol,
        hostname: url.hostname.replace(/^\[|\]$/g, ''),
        port: url.port,
        method: from.method ?? 'GET',
        path: url.pathname.slice(0, -1) + (from.url ?? '/'),
        headers,
        agent: fresh ? false : agent,
        signal,
        // Without a byte either way, before the answer or in the middle of it.
        timeout: ANSWER_TIMEOUT_MS,
      }
      let late = false
      const call = request(to, (answer) => resolve({ answer }))
      call.on('timeout', () => {
        late = true
        call.destroy(new Error('no more came'))
      })
      call.on('error', (failure) => {
        from.unpipe(call)
        // What is left of the body is thrown away, so that the client gets to read an answer.
        from.resume()
        resolve({ failure, stale: call.reusedSocket, late })
      })
      if (body) call.end(body)
      else if (isEmpty(from)) call.end()
      else from.pipe(call)
    })

  return async (from, to, { body, proto, host, holdStoreAway }) => {
    if (!from.url?.startsWith('/')) return { kind: 'cut' }
    const [guard, pass] = loopGuard
    if (from.headers[guard] === pass) {
      line.lost('LEVEE_CONTROL_PLANE_URL leads back to this door')
      return { kind: 'cut' }
    }
    const headers = onward(from, { proto, host, upstream: url.host })
    headers[guard] = pass
    const replayable = body !== undefined || isEmpty(from)
    if (body) headers['content-length'] = String(body.length)
    else if (from.headers['transfer-encoding'] !== undefined) headers['transfer-encoding'] = 'chunked'

    const giveUp = new AbortController()
    const { signal } = giveUp
    let isGone = false
    const clientGone = () => {
      isGone = !to.writableFinished
      giveUp.abort()
    }
    const lineCut = line.signal()
    const cutShort = () => giveUp.abort()
    to.once('close', clientGone)
    lineCut.addEventListener('abort', cutShort, { once: true })
    const stopWaiting = line.waiting()
    let result = await send(from, headers, body, { fresh: !replayable, signal })
    // The other side may close a kept connection at the very moment it is used again: that says nothing of the line.
    if ('failure' in result && result.stale && replayable && !signal.aborted && !result.late)
      result = await send(from, headers, body, { fresh: true, signal })
    stopWaiting()
    // What has begun is not broken off: it may well get through.
    lineCut.removeEventListener('abort', cutShort)
    if ('failure' in result) {
      to.off('close', clientGone)
      if (isGone) return { kind: 'answered' }
      if (!result.late) line.lost(reasonOf(result.failure))
      return { kind: 'cut' }
    }

    const { answer } = result
    const status = answer.statusCode ?? 502
    const isProblem = answer.headers['content-type']?.startsWith('application/problem+json') ?? false
    if (status >= 502 && status <= 504 && !isProblem) {
      answer.resume()
      to.off('close', clientGone)
      line.lost(`something before the control plane answered ${status}`)
      return { kind: 'cut' }
    }
    if (holdStoreAway && status === 503 && isProblem) {
      const text = await whole(answer)
      if (text === undefined) return { kind: 'cut' }
      const held = { status, headers: endToEnd(answer), body: text }
      if (isStoreAway(text)) return { kind: 'held', answer: held }
      sendHeld(to, held)
      return { kind: 'answered' }
    }
    to.writeHead(status, answer.statusMessage, endToEnd(answer))
    // One that breaks off in the middle is told as such: the connection to the client breaks off too.
    await pipeline(answer, to).catch(() => to.destroy())
    return { kind: 'answered' }
  }
}

/** An answer that was held goes to the client after all. */
export function sendHeld(to: ServerResponse, { status, headers, body }: HeldAnswer): void {
  to.writeHead(status, { ...headers, 'content-length': String(body.length) })
  to.end(body)
}

/** No body follows. */
const isEmpty = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] === undefined && (headers['content-length'] ?? '0') === '0'

function onward(from: IncomingMessage, as: { proto: string; host: string; upstream: string }): Headers {
  const headers = endToEnd(from)
  // Our own listener has answered that.
  delete headers['expect']
  headers['host'] = as.upstream
  const peer = from.socket.remoteAddress?.replace(/^::ffff:/, '') ?? 'unknown'
  headers['x-forwarded-for'] = [...(from.headersDistinct['x-forwarded-for'] ?? []), peer].join(', ')
  headers['x-forwarded-proto'] = as.proto
  headers['x-forwarded-host'] = as.host
  return headers
}

/** All headers with all their values, but for those of the connection. */
function endToEnd(message: IncomingMessage): Headers {
  const named = (message.headers.connection ?? '').toLowerCase().split(/\s*,\s*/)
  const headers: Headers = {}
  for (const [name, values] of Object.entries(message.headersDistinct)) {
    if (!values || HOP_BY_HOP.has(name) || named.includes(name)) continue
    const [only] = values
    headers[name] = values.length === 1 && only !== undefined ? only : values
  }
  return headers
}

/** The body, or undefined when it breaks off. Ours are short. */
async function whole(answer: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of answer) {
      length += (chunk as Buffer).length
      if (length > BODY_LIMIT_BYTES) return undefined
      chunks.push(chunk as Buffer)
    }
  } catch {
    return undefined
  }
  return Buffer.concat(chunks)
}

function isStoreAway(body: Buffer): boolean {
  try {
    const problem = JSON.parse(body.toString()) as { code?: unknown } | null
    return problem?.code === 'store_unavailable'
  } catch {
    return false
  }
}
