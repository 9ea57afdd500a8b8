import { randomBytes } from 'node:crypto'
import rateLimit from '@fastify/rate-limit'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { LogController } from 'fastify'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { installErrorHandler } from './error-handler.ts'
import { installOpenApi } from './openapi.ts'
import { sendProblem } from './problem.ts'
import { fleetRoutes } from './routes/nodes.ts'
import { healthRoutes } from './routes/health.ts'
import { nodeRoutes } from './routes/agents.ts'
import { operatorRoutes } from './routes/operator-session.ts'
import { roomRoutes } from './routes/rooms.ts'
import { tenantRoutes } from './routes/tenants.ts'
import { installSecurityHeaders } from './security.ts'
import { installWebClient } from './web-client.ts'
import type { HttpDeps } from './deps.ts'
import { KEEP_ALIVE_MS, RATE_LIMIT_KEYS_MAX, REQUEST_TIMEOUT_MS } from '../tuning/http.ts'
import { BODY_LIMIT_BYTES } from '../protocol/limits.ts'

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** Only a refusal says when to come back; a running count in each answer helps an attacker alone. */
const UNTOLD = {
  'x-ratelimit-limit': false,
  'x-ratelimit-remaining': false,
  'x-ratelimit-reset': false,
  'retry-after': true,
}

/** Builds the whole HTTP face; `listen` or `inject` is the caller's. */
export async function buildApp(deps: HttpDeps): Promise<App> {
  // Unique among replicas and starts; random bytes for each request cost 4 % of a join.
  const replica = randomBytes(6).toString('base64url')
  let requests = 0
  const app = Fastify({
    loggerInstance: deps.log,
    // Fastify's own request lines would log room codes in the path; onResponse below logs the route instead.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    trustProxy: deps.trustedProxies.length > 0 ? deps.trustedProxies : false,
    genReqId: () => `${replica}-${(++requests).toString(36)}`,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    ajv: { customOptions: { allErrors: true, removeAdditional: false, coerceTypes: false } },
  }).withTypeProvider<TypeBoxTypeProvider>()

  app.decorateReply('problemCode', null)
  app.addHook('onRequest', async (_request, reply) => {
    if (deps.isStopping()) reply.header('connection', 'close')
  })
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unmatched'
    deps.observeRequest(route, request.method, reply.statusCode, reply.elapsedTime / 1000)
    if (reply.problemCode) deps.countProblem(reply.problemCode)
    const line = {
      route,
      method: request.method,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    }
    // A probe asks every second and has its own alarm.
    if (reply.statusCode >= 500 && route !== '/readyz')
      request.log.warn({ ...line, code: reply.problemCode }, 'answered')
    else request.log.debug({ ...line, code: reply.problemCode }, 'answered')
    done()
  })
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, 'not_found'))
  installErrorHandler(app, deps.isStoreAway)
  installSecurityHeaders(app, deps)
  // Counted in this replica's memory: the hot path stays one round trip, and a flood is stopped before it meets Redis.
  await app.register(rateLimit, { global: false, cache: RATE_LIMIT_KEYS_MAX, addHeaders: UNTOLD })
  await installOpenApi(app, deps)
  await app.register(
    async (scope) => {
      const v1 = scope.withTypeProvider<TypeBoxTypeProvider>()
      roomRoutes(v1, deps)
      nodeRoutes(v1, deps)
      fleetRoutes(v1, deps)
      tenantRoutes(v1, deps)
      operatorRoutes(v1, deps)
    },
    { prefix: '/v1' },
  )
  healthRoutes(app, deps)
  await installWebClient(app, deps)
  return app
}
