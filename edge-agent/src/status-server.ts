import { createServer, type Server } from 'node:http'
import type { Registry } from 'prom-client'
import type { MayStop } from './drain/drain.ts'

/**
 * GET /metrics: Prometheus text.
 *
 * GET /livez: 200 while `alive`, else 503. Whether LiveKit or the control plane are there does not count: restarting
 * the agent would mend neither.
 *
 * GET /empty: whether LiveKit may be stopped and nobody is cut off. 200 when the node leaves (SIGTERM) and nobody is
 * here any more or its time is up, or when LiveKit is down anyhow; else 503. Both with JSON
 * `{"mayStop","leaving","rooms","participants"}`, the counts null when they cannot be read. For a hook that runs before
 * LiveKit gets its own SIGTERM, on which it would wait for its people without anybody moving them: ask until 200, or
 * until nobody answers, for then the agent has left.
 */
export async function serveAgent(options: {
  host: string
  port: number
  registry: Registry
  alive: () => boolean
  empty: () => Promise<MayStop>
}): Promise<Server> {
  const { host, port, registry, alive, empty } = options
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0]
    const answer = (status: number, type: string, body: string) => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' })
      response.end(request.method === 'HEAD' ? undefined : body)
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD')
      answer(405, 'text/plain', 'method not allowed\n')
    } else if (path === '/livez') {
      answer(alive() ? 200 : 503, 'text/plain', alive() ? 'ok\n' : 'the report loop is stuck\n')
    } else if (path === '/empty') {
      empty().then(
        (state) => answer(state.mayStop ? 200 : 503, 'application/json', `${JSON.stringify(state)}\n`),
        () => answer(500, 'text/plain', 'it cannot be told\n'),
      )
    } else if (path === '/metrics') {
      registry.metrics().then(
        (text) => answer(200, registry.contentType, text),
        () => answer(500, 'text/plain', 'metrics could not be collected\n'),
      )
    } else {
      answer(404, 'text/plain', 'not found\n')
    }
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return server
}
