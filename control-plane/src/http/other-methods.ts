import type { HTTPMethods } from 'fastify'
import { sendProblem } from './problem.ts'
import type { App } from './route.ts'

const METHODS: HTTPMethods[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/**
 * Answers the other methods of known addresses with 405 and `Allow` (RFC 9110). Call before the routes are added; the
 * returned function adds the answers once all of them are there.
 */
export function collectMethods(app: App): () => void {
  const known = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ url, method }) => {
    const methods = known.get(url) ?? new Set()
    for (const one of [method].flat()) methods.add(one.toUpperCase())
    known.set(url, methods)
  })

  return () => {
    for (const [url, methods] of known) {
      // Files: an unknown address there does not exist for any method. The pages of /docs answer with and without slash.
      if (url.endsWith('*') || url.startsWith('/docs')) continue
      const allow = [...methods].join(', ')
      app.route({
        method: METHODS.filter((method) => !methods.has(method)),
        url,
        config: { access: 'anyone' },
        schema: { hide: true },
        // Before a body is read.
        onRequest: async (_request, reply) => sendProblem(reply.header('allow', allow), 'method_not_allowed'),
        handler: (_request, reply) => sendProblem(reply, 'method_not_allowed'),
      })
    }
  }
}
