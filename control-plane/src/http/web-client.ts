import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import { CLIENT_PATHS } from '../protocol/client-paths.ts'
import type { App } from './route.ts'

/** Serves the built client. Hashed assets are cached for ever; the page itself is requested each time. */
export async function installWebClient(app: App, webDir: string): Promise<void> {
  if (!existsSync(join(webDir, 'index.html'))) {
    app.log.warn('the web client is not built; only the API is served')
    return
  }
  await app.register(fastifyStatic, {
    root: webDir,
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
  for (const path of Object.values(CLIENT_PATHS))
    app.get(path, { schema: { hide: true } }, async (_request, reply) => reply.sendFile('index.html'))
}
