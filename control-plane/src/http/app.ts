import { randomBytes } from 'node:crypto'
import rateLimit from '@fastify/rate-limit'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { LogController, type FastifyBaseLogger } from 'fastify'
import { BODY_LIMIT_BYTES } from '../protocol/limits.ts'
import type { ProblemCode } from '../protocol/problems/problem-table.ts'
import {
  CONNECTIONS_CHECK_MS,
  HEADERS_MAX_BYTES,
  KEEP_ALIVE_MS,
  RATE_LIMIT_KEYS_MAX,
  REQUESTS_PER_MIN,
  REQUEST_TIMEOUT_MS,
} from '../tuning/http.ts'
import { createAccess, requireAccess, type AccessDeps } from './access.ts'
import type { AuditDeps } from '../use-cases/operators/audit.ts'
import { installAudit } from './audit.ts'
import { limitConnections } from './connections.ts'
import { answerBadUrl, answerClientError, installErrorHandler } from './error-handler.ts'
import { collectMethods } from './other-methods.ts'
import { installOpenApi } from './api-document/install.ts'
import type { App } from './route.ts'
import { auditRoutes } from './routes/audit.ts'
import { agentRoutes, type AgentRoutesDeps } from './routes/agents.ts'
import { healthRoutes, type HealthDeps } from './routes/health.ts'
import { joinRoutes, type JoinRoutesDeps } from './routes/joins.ts'
import { nodeRoutes, type NodeRoutesDeps } from './routes/nodes.ts'
import { operatorSessionRoutes, type OperatorSessionDeps } from './routes/operator-session.ts'
import { problemRoutes } from './routes/problems.ts'
import { roomRoutes, type RoomRoutesDeps } from './routes/rooms.ts'
import { siteRoutes, type SiteRoutesDeps } from './routes/sites.ts'
import { tenantRoutes, type TenantRoutesDeps } from './routes/tenants.ts'
import { refuseOtherSites } from './same-origin.ts'
import { createConnectSources, installSecurityHeaders, securityHeadersByUrl } from './security-headers.ts'
import { ALL_FAULTS } from './validation.ts'
import { installWebClient } from './web-client.ts'

/** The dependencies of all routes. None of them exposes Redis or LiveKit. */
export type AppDeps = RoomRoutesDeps &
  JoinRoutesDeps &
  AgentRoutesDeps &
  NodeRoutesDeps &
  SiteRoutesDeps &
  TenantRoutesDeps &
  OperatorSessionDeps &
  AuditDeps &
  HealthDeps &
  AccessDeps & {
    log: FastifyBaseLogger
    webDir: string
    /** Sources for connect-src in place of the nodes' origins; undefined: the nodes' origins. */
    cspConnect: readonly string[] | undefined
    directory: { nodeUrls: () => readonly string[] | undefined }
    /** Proxies whose X-Forwarded-For is trusted: addresses and CIDR ranges. */
    trustedProxies: string[]
    isStoreAway: (error: unknown) => boolean
    observeRequest: (route: string, method: string, status: number, seconds: number) => void
    countProblem: (code: ProblemCode) => void
  }

/** Only a refusal says when to try again; a running count in each response would help only an attacker. */
const RATE_LIMIT_HEADERS = {
  'x-ratelimit-limit': false,
  'x-ratelimit-remaining': false,
  'x-ratelimit-reset': false,
  'retry-after': true,
}

/** Builds the HTTP server with all routes. The caller calls `listen` or `inject`. */
export async function buildApp(deps: AppDeps): Promise<App> {
  // Unique among replicas and starts; random bytes for each request cost 4 % of a join.
  const replica = randomBytes(6).toString('base64url')
  let requests = 0
  const headersOf = securityHeadersByUrl({
    connect: createConnectSources(deps),
    https: deps.operator.https,
  })
  const app = Fastify({
    loggerInstance: deps.log,
    // Fastify's own request lines would log room codes in the path; onResponse below logs the route instead.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: {
      headersTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: CONNECTIONS_CHECK_MS,
      maxHeaderSize: HEADERS_MAX_BYTES,
    },
    trustProxy: deps.trustedProxies.length > 0 ? deps.trustedProxies : false,
    genReqId: () => `${replica}-${(++requests).toString(36)}`,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    ajv: { customOptions: ALL_FAULTS },
    frameworkErrors: answerBadUrl(headersOf),
    clientErrorHandler: answerClientError,
  }).withTypeProvider<TypeBoxTypeProvider>()

  limitConnections(app.server, deps.trustedProxies)
  app.decorateReply('problemCode', null)
  app.addHook('onRequest', async (_request, reply) => {
    if (deps.isStopping()) reply.header('connection', 'close')
  })
  observeRequests(app, deps)
  installErrorHandler(app, deps.isStoreAway)
  installSecurityHeaders(app, headersOf)
  // Counted in this replica's memory: a join stays one round trip, and a flood is stopped before it reaches Redis.
  await app.register(rateLimit, {
    // Routes have limits of their own; this one is for what costs next to nothing: pages, files, wrong methods.
    max: REQUESTS_PER_MIN,
    timeWindow: 60_000,
    cache: RATE_LIMIT_KEYS_MAX,
    addHeaders: RATE_LIMIT_HEADERS,
  })
  requireAccess(app)
  installAudit(app, deps)
  refuseOtherSites(app, deps.publicUrl)
  const answerOtherMethods = collectMethods(app)
  await installOpenApi(app, deps.publicUrl)
  const access = createAccess(app, deps)
  await app.register(
    async (scope) => {
      const v1 = scope.withTypeProvider<TypeBoxTypeProvider>()
      roomRoutes(v1, deps, access)
      joinRoutes(v1, deps)
      agentRoutes(v1, deps, access)
      nodeRoutes(v1, deps, access)
      siteRoutes(v1, deps, access)
      tenantRoutes(v1, deps, access)
      operatorSessionRoutes(v1, deps, access)
      auditRoutes(v1, deps, access)
    },
    { prefix: '/v1' },
  )
  healthRoutes(app, deps, access)
  problemRoutes(app)
  await installWebClient(app, deps.webDir)
  answerOtherMethods()
  return app
}

/** Records each response in the metrics and, with its route instead of its path, in the log. */
function observeRequests(app: App, deps: Pick<AppDeps, 'observeRequest' | 'countProblem'>): void {
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unmatched'
    const { method } = request
    const { statusCode: status, elapsedTime, problemCode: code } = reply
    deps.observeRequest(route, method, status, elapsedTime / 1000)
    if (code) deps.countProblem(code)
    const line = { route, method, status, ms: Math.round(elapsedTime), code }
    // Probes come every second and have an alarm of their own.
    if (status >= 500 && route !== '/readyz') request.log.warn(line, 'answered')
    else request.log.debug(line, 'answered')
    done()
  })
}
