import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import rateLimit from '@fastify/rate-limit'
import fastifyStatic from '@fastify/static'
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { BODY_LIMIT_BYTES } from '../tuning/offline.ts'

/** Paths that the client routes by itself. Same list as web/src/routes.ts. */
const PAGES = ['/', '/m/:room', '/ops']

/** Listens to nothing yet. Bodies come as they were sent: the control plane reads them in the first place. */
export async function doorApp(options: { trustedProxies: string[]; log: Logger }): Promise<FastifyInstance> {
  const { trustedProxies, log } = options
  const start = randomBytes(6).toString('base64url')
  let requests = 0
  const logger: FastifyBaseLogger = log
  const app = Fastify({
    loggerInstance: logger,
    // Fastify's own lines would log room codes in the path.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: 10_000,
    // Longer than a proxy's 60 s, so that the proxy and not we close idle connections.
    keepAliveTimeout: 65_000,
    trustProxy: trustedProxies.length > 0 ? trustedProxies : false,
    genReqId: () => `${start}-${(++requests).toString(36)}`,
    forceCloseConnections: true,
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  await app.register(rateLimit, { global: false, cache: 20_000 })
  return app
}

/** The client’s files, as the control plane serves them. */
export async function serveClient(app: FastifyInstance, webDir: string): Promise<void> {
  if (!existsSync(join(webDir, 'index.html')))
    throw new Error('LEVEE_LISTENER_WEB_DIR holds no index.html: give the folder of the built web client.')
  await app.register(fastifyStatic, {
    root: webDir,
    serveDotFiles: false,
    index: false,
    preCompressed: true,
    setHeaders: (reply, path) => {
      const isForEver = path.includes('/assets/')
      reply.header('cache-control', isForEver ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
  for (const page of PAGES) app.get(page, async (_request, reply) => reply.sendFile('index.html'))
}
