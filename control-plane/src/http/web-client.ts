import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { App } from './app.ts'
import type { HttpDeps } from './deps.ts'

/** Paths the client routes by itself; each is answered with its one page. Same list as web/src/routes.ts. */
const PAGES = ['/', '/m/:room', '/ops']

/** Serves the built client. Hashed assets are kept for ever; the page itself is asked for each time. */
export async function installWebClient(app: App, deps: HttpDeps): Promise<void> {
  if (!existsSync(join(deps.webDir, 'index.html'))) {
    deps.log.warn('the web client is not built; only the API is served')
    return
  }
  await app.register(fastifyStatic, {
    root: deps.webDir,
    serveDotFiles: false,
    index: false,
    preCompressed: true,
    setHeaders: (reply, path) => {
      reply.header(
        'cache-control',
        path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      )
    },
  })
  for (const page of PAGES)
    app.get(page, { schema: { hide: true } }, async (_request, reply) => reply.sendFile('index.html'))
}
