import { createServer, type Server } from 'node:http'
import type { Registry } from 'prom-client'

/**
 * GET /metrics (Prometheus text) and GET /livez: 200 while `alive`, else 503. Whether LiveKit or the control plane
 * are there does not count: restarting the agent would mend neither.
 */
export async function serveAgent(options: {
  host: string
  port: number
  registry: Registry
  alive: () => boolean
}): Promise<Server> {
  const { host, port, registry, alive } = options
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
