import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { BODY_LIMIT_BYTES } from '@levee/control-plane/protocol/limits'
import type { ControlPlaneLink } from '../control-plane-link.ts'
import { reasonOf } from '../probe.ts'
import { endToEndHeaders, hasBody, upstreamHeaders, type Headers } from './proxy-headers.ts'
import { upstreamSender, type UpstreamResult } from './upstream.ts'

export type ProxyOptions = {
  /** Already read, so that it can be sent again; undefined: streamed as it arrives. */
  body: Buffer | undefined
  /** Protocol and host as the browser sees them. */
  proto: string
  host: string
  /** Whether an answer that the store is down is returned instead of being sent to the client. */
  returnStoreProblem: boolean
}

/**
 * answered: the client has its answer, or is gone. store-down: the control plane answers but its store does not.
 * link-down: nothing was sent to the client, and the branch has to answer.
 */
export type ProxyResult =
  | { kind: 'answered' }
  | { kind: 'store-down'; answer: BufferedAnswer }
  | { kind: 'link-down' }
export type BufferedAnswer = { status: number; headers: Headers; body: Buffer }

export type ControlPlaneProxy = (
  from: IncomingMessage,
  to: ServerResponse,
  options: ProxyOptions,
) => Promise<ProxyResult>

/** Forwards requests to the control plane at `url` (ends in `/`), and its answers back. Bodies are not stored. */
export function controlPlaneProxy(options: {
  url: URL
  link: ControlPlaneLink
  /** Header added to every request; a request that carries it has come back to this listener. */
  loopGuard: readonly [name: string, value: string]
}): ControlPlaneProxy {
  const { url, link, loopGuard } = options
  const send = upstreamSender(url)

  return async (from, to, { body, proto, host, returnStoreProblem }) => {
    if (!from.url?.startsWith('/')) return { kind: 'link-down' }
    const [guard, pass] = loopGuard
    if (from.headers[guard] === pass) {
      link.markDown('LEVEE_CONTROL_PLANE_URL leads back to this listener')
      return { kind: 'link-down' }
    }
    const headers = upstreamHeaders(from, { proto, host, upstream: url.host })
    headers[guard] = pass
    const replayable = body !== undefined || !hasBody(from)
    if (body) headers['content-length'] = String(body.length)
    else if (from.headers['transfer-encoding'] !== undefined) headers['transfer-encoding'] = 'chunked'

    const client = watchClient(to)
    const linkDown = link.downSignal()
    linkDown.addEventListener('abort', client.giveUp, { once: true })
    const endWatch = link.watchRequest()
    const { signal } = client
    let result: UpstreamResult = await send(from, headers, body, { fresh: !replayable, signal })
    // The other side may close an idle connection just as it is used again, which says nothing about the link.
    if ('failure' in result && result.stale && replayable && !signal.aborted && !result.late)
      result = await send(from, headers, body, { fresh: true, signal })
    endWatch()
    // An answer that has started is not interrupted: it may well get through.
    linkDown.removeEventListener('abort', client.giveUp)
    if ('failure' in result) {
      client.stop()
      if (client.isGone()) return { kind: 'answered' }
      if (!result.late) link.markDown(reasonOf(result.failure))
      return { kind: 'link-down' }
    }

    const { answer } = result
    const status = answer.statusCode ?? 502
    const isProblem = answer.headers['content-type']?.startsWith('application/problem+json') ?? false
    if (status >= 502 && status <= 504 && !isProblem) {
      answer.resume()
      client.stop()
      link.markDown(`something in front of the control plane answered ${status}`)
      return { kind: 'link-down' }
    }
    if (returnStoreProblem && status === 503 && isProblem) {
      const text = await readAll(answer)
      if (text === undefined) return { kind: 'link-down' }
      const buffered = { status, headers: endToEndHeaders(answer), body: text }
      if (isStoreDown(text)) return { kind: 'store-down', answer: buffered }
      sendBuffered(to, buffered)
      return { kind: 'answered' }
    }
    to.writeHead(status, answer.statusMessage, endToEndHeaders(answer))
    // If the answer breaks off, the connection to the client breaks off too.
    await pipeline(answer, to).catch(() => to.destroy())
    return { kind: 'answered' }
  }
}

/** Aborts the request upstream when the client goes away. */
function watchClient(to: ServerResponse) {
  const abort = new AbortController()
  let isGone = false
  const onClose = () => {
    isGone = !to.writableFinished
    abort.abort()
  }
  to.once('close', onClose)
  return {
    signal: abort.signal,
    isGone: () => isGone,
    giveUp: () => abort.abort(),
    stop: () => void to.off('close', onClose),
  }
}

export function sendBuffered(to: ServerResponse, { status, headers, body }: BufferedAnswer): void {
  to.writeHead(status, { ...headers, 'content-length': String(body.length) })
  to.end(body)
}

/** The body; undefined when it breaks off or is longer than an answer of the control plane. */
async function readAll(answer: IncomingMessage): Promise<Buffer | undefined> {
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

function isStoreDown(body: Buffer): boolean {
  try {
    const problem = JSON.parse(body.toString()) as { code?: unknown } | null
    return problem?.code === 'store_unavailable'
  } catch {
    return false
  }
}
