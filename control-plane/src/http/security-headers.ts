import { securityHeaders } from '../protocol/security-headers.ts'
import type { App } from './route.ts'

/** Headers of pages and of API responses. `https`: whether browsers reach this server by https. */
export function installSecurityHeaders(
  app: App,
  options: { connect: readonly string[]; https: boolean },
): void {
  const { page, api } = securityHeaders(options)
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(request.url.startsWith('/v1/') ? api : page)
    done()
  })
}
