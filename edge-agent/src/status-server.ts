import { createServer, type Server } from 'node:http'
import type { Registry } from 'prom-client'
import type { StopStatus } from './drain/drain.ts'

/**
 * GET /metrics: Prometheus text.
 *
 * GET /livez: 200 while `isAlive`, else 503. LiveKit and the control plane do not count, because restarting the agent would
 * repair neither.
 *
 * GET /empty: 200 if LiveKit may be stopped without disconnecting a participant, else 503. It may be stopped once a drain
 * (SIGTERM) has left no participants or its time is up, and when LiveKit is down anyway. Both answers carry JSON
 * `{"mayStop","draining","rooms","participants"}`. For a hook that runs before LiveKit gets its own SIGTERM, on which it
 * would wait for its participants without moving them: poll until 200, or until the agent no longer answers, because then
 * the drain is over.
 */
export async function startStatusServer(options: {
  host: string
  port: number
  registry: Registry
  isAlive: () => boolean
  stopStatus: () => Promise<StopStatus>
}): Promise<Server> {
  const { host, port, registry, isAlive, stopStatus } = options
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
      answer(isAlive() ? 200 : 503, 'text/plain', isAlive() ? 'ok\n' : 'the report loop is stuck\n')
    } else if (path === '/empty') {
      stopStatus().then(
        (status) => answer(status.mayStop ? 200 : 503, 'application/json', `${JSON.stringify(status)}\n`),
        () => answer(500, 'text/plain', 'the number of participants is not known\n'),
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
