import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import rateLimit from '@fastify/rate-limit'
import fastifyStatic from '@fastify/static'
import { CLIENT_PATHS } from '@levee/control-plane/protocol/client-paths'
import { BODY_LIMIT_BYTES } from '@levee/control-plane/protocol/limits'
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import {
  LISTENER_KEEP_ALIVE_MS,
  LISTENER_REQUEST_TIMEOUT_MS,
  RATE_LIMIT_KEYS_MAX,
} from '../../tuning/offline.ts'

/** Builds the app; it does not listen yet. Bodies stay unparsed buffers, because they go to the control plane first. */
export async function listenerApp(options: {
  trustedProxies: string[]
  log: Logger
}): Promise<FastifyInstance> {
  const { trustedProxies, log } = options
  const start = randomBytes(6).toString('base64url')
  let requests = 0
  const logger: FastifyBaseLogger = log
  const app = Fastify({
    loggerInstance: logger,
    // Fastify's own lines would log room codes in the path.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: LISTENER_REQUEST_TIMEOUT_MS,
    keepAliveTimeout: LISTENER_KEEP_ALIVE_MS,
    trustProxy: trustedProxies.length > 0 ? trustedProxies : false,
    genReqId: () => `${start}-${(++requests).toString(36)}`,
    forceCloseConnections: true,
    // As in the control plane: bodies are checked, never changed.
    ajv: { customOptions: { allErrors: true, removeAdditional: false, coerceTypes: false } },
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  await app.register(rateLimit, { global: false, cache: RATE_LIMIT_KEYS_MAX })
  return app
}

/** Serves the client's files as the control plane does. */
export async function serveClient(app: FastifyInstance, webDir: string): Promise<void> {
  if (!existsSync(join(webDir, 'index.html')))
    throw new Error('LEVEE_LISTENER_WEB_DIR holds no index.html: set the folder of the built web client.')
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
    app.get(path, async (_request, reply) => reply.sendFile('index.html'))
}
