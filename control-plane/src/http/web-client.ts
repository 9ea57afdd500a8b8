import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyReply } from 'fastify'
import { CLIENT_PATHS, UNCACHED_FILE, asksForPage } from '../protocol/client-paths.ts'
import { sendProblem } from './problem.ts'
import type { App } from './route.ts'

/**
 * Serves the built client. Hashed assets are cached for ever; the page itself is requested each time. A browser that asks
 * for a page at an unknown path gets the client too, with 404: it says "Page not found".
 */
export async function installWebClient(app: App, webDir: string): Promise<void> {
  const isBuilt = existsSync(join(webDir, 'index.html'))
  app.setNotFoundHandler((request, reply) =>
    isBuilt && asksForPage(request) ? sendNotFoundPage(reply) : sendProblem(reply, 'not_found'),
  )
  if (!isBuilt) {
    app.log.warn('the web client is not built; only the API is served')
    return
  }
  await app.register(fastifyStatic, {
    root: webDir,
    serveDotFiles: false,
    index: false,
    preCompressed: true,
    setHeaders: (reply, path) => {
      const isImmutable = path.includes('/assets/')
      const cached = isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache'
      reply.header('cache-control', reply.statusCode === 404 ? 'no-store' : cached)
    },
  })
  for (const path of Object.values(CLIENT_PATHS))
    app.get(path, { schema: { hide: true } }, async (_request, reply) => reply.sendFile('index.html'))
}

function sendNotFoundPage(reply: FastifyReply): FastifyReply {
  reply.problemCode = 'not_found'
  return reply.code(404).sendFile('index.html', UNCACHED_FILE)
}
