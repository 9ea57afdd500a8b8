import { securityHeaders } from '../protocol/security-headers.ts'
import type { App } from './route.ts'

/** Headers of pages and of API responses, which nothing may store, by URL. `https`: whether browsers reach this server by https. */
export function securityHeadersByUrl(options: {
  connect: readonly string[]
  https: boolean
}): (url: string) => Record<string, string> {
  const { page, api } = securityHeaders(options)
  const unstored = { ...api, 'cache-control': 'no-store' }
  return (url) => (url.startsWith('/v1/') ? unstored : page)
}

export function installSecurityHeaders(app: App, headersOf: (url: string) => Record<string, string>): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(headersOf(request.url))
    done()
  })
}
