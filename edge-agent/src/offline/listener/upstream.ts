import { Agent, request as plainRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { Agent as SecureAgent, request as secureRequest } from 'node:https'
import { PROXY_TIMEOUT_MS } from '../../tuning/offline.ts'
import { hasBody, type Headers } from './proxy-headers.ts'

/** `stale`: on a reused connection. `late`: no byte arrived for 15 s. */
export type UpstreamResult = { answer: IncomingMessage } | { failure: unknown; stale: boolean; late: boolean }

/** Sends one request to the control plane. `body` undefined: streamed from the client. `fresh`: on a new connection. */
export type SendUpstream = (
  from: IncomingMessage,
  headers: Headers,
  body: Buffer | undefined,
  options: { fresh: boolean; signal: AbortSignal },
) => Promise<UpstreamResult>

/** `url` ends in `/`. Resolves with the head of the answer; its body has not been read. Never rejects. */
export function upstreamSender(url: URL): SendUpstream {
  const secure = url.protocol === 'https:'
  const request = secure ? secureRequest : plainRequest
  const agent = new (secure ? SecureAgent : Agent)({ keepAlive: true })

  return (from, headers, body, { fresh, signal }) =>
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
        // Idle time in both directions, before the answer or in the middle of it.
        timeout: PROXY_TIMEOUT_MS,
      }
      let late = false
      const call = request(to, (answer) => resolve({ answer }))
      call.on('timeout', () => {
        late = true
        call.destroy(new Error('the connection was idle for too long'))
      })
      call.on('error', (failure) => {
        from.unpipe(call)
        // The rest of the body is discarded, so that the client reads an answer.
        from.resume()
        resolve({ failure, stale: call.reusedSocket, late })
      })
      if (body) call.end(body)
      else if (hasBody(from)) from.pipe(call)
      else call.end()
    })
}
