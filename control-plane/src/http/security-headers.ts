import { securityHeaders } from '../protocol/security-headers.ts'
import type { App } from './route.ts'

/** Headers of pages and of API responses, by URL. `https`: whether browsers reach this server by https. */
export function securityHeadersByUrl(options: {
  connect: readonly string[]
  https: boolean
}): (url: string) => Record<string, string> {
  const { page, api } = securityHeaders(options)
  return (url) => (url.startsWith('/v1/') ? api : page)
}

export function installSecurityHeaders(app: App, headersOf: (url: string) => Record<string, string>): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(headersOf(request.url))
    done()
  })
}
