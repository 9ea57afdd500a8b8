/** Who may call a route. Credentials are checked before a body is read; wrong ones are counted by address. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { NODE_ID_PATTERN } from '../contract/index.ts'
import { parseNodeCredential } from '../protocol/node-credential.ts'
import type { ProblemCode } from '../protocol/problems/problem-table.ts'
import { RATE_LIMIT_KEYS_MAX, WRONG_CREDENTIALS_PER_MIN } from '../tuning/http.ts'
import { bearerOf, isOperator, type OperatorAuth } from './auth.ts'
import { sendProblem } from './problem.ts'
import { nodeOf, type App } from './route.ts'

/**
 * `anyone`: no credential, or one that the use case checks in the same script as its work (host key, rejoin ticket).
 * The others are checked here.
 */
export type Access = 'anyone' | 'operator' | 'node' | 'enrolment' | 'metrics'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route has one; the server does not start otherwise. */
    access?: Access
  }
}

export type AccessDeps = {
  nodeSeals: { isRight: (node: string, secret: string, seal: string) => boolean }
  operator: OperatorAuth
  isEnrolmentKey: (key: string) => boolean
  isMetricsKey: (key: string) => boolean
}

/** Spread into the options of a route. */
export type RouteAccess = {
  config: { access: Access }
  onRequest: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined>
}

export type RouteAccesses = Record<Exclude<Access, 'anyone'>, RouteAccess>

const NODE_ID = new RegExp(NODE_ID_PATTERN)

/** Call after the rate limit is registered. */
export function createAccess(app: App, deps: AccessDeps): RouteAccesses {
  /** `isKnown`: a right credential that is not held up by the wrong ones of its neighbours behind the same address. */
  function access(
    kind: keyof typeof WRONG_CREDENTIALS_PER_MIN,
    refusal: ProblemCode,
    isRight: (request: FastifyRequest) => boolean,
    isKnown: (request: FastifyRequest) => boolean = () => false,
  ): RouteAccess {
    const limit = { max: WRONG_CREDENTIALS_PER_MIN[kind], timeWindow: 60_000, cache: RATE_LIMIT_KEYS_MAX }
    const wrong = app.createRateLimit(limit)
    return {
      config: { access: kind },
      async onRequest(request, reply) {
        if (isKnown(request)) return undefined
        const before = await wrong(request, { increment: false })
        if (!before.isAllowed && before.remaining === 0) {
          reply.header('retry-after', before.ttlInSeconds)
          return sendProblem(reply, 'rate_limited')
        }
        if (isRight(request)) return undefined
        // A page that is not signed in asks without a credential, and guesses nothing.
        if (bearerOf(request) !== '') {
          await wrong(request)
          request.log.warn({ access: kind, address: request.ip }, 'wrong credential')
        }
        return sendProblem(reply, refusal)
      },
    }
  }

  return {
    operator: access(
      'operator',
      'operator_required',
      (request) => isOperator(deps.operator, request),
      // A session was signed here; only the key can be guessed.
      (request) => bearerOf(request) === '' && isOperator(deps.operator, request),
    ),
    enrolment: access('enrolment', 'enrolment_refused', (request) => deps.isEnrolmentKey(bearerOf(request))),
    metrics: access('metrics', 'metrics_key_required', (request) => deps.isMetricsKey(bearerOf(request))),
    node: {
      config: { access: 'node' },
      // Not limited by address: a guess costs a hash, and the agents of a branch share one address with its guests.
      async onRequest(request, reply) {
        const node = nodeOf(request)
        const { secret, seal } = parseNodeCredential(bearerOf(request))
        const isRight = NODE_ID.test(node) && deps.nodeSeals.isRight(node, secret, seal)
        return isRight ? undefined : sendProblem(reply, 'node_unauthorized')
      },
    },
  }
}

const SECURITY: Record<Access, Record<string, string[]>[] | undefined> = {
  anyone: undefined,
  operator: [{ operator: [] }, { operatorSession: [] }],
  node: [{ node: [] }],
  enrolment: [{ enrolment: [] }],
  metrics: [{ metrics: [] }],
}

/**
 * Fails at start for a route of the API without `access`, so that no new route is open by omission, and writes each
 * route's access into the API document. Call before the API document is installed.
 */
export function requireAccess(app: App): void {
  app.addHook('onRoute', ({ url, method, config, schema }) => {
    const access = config?.access
    if (!access && url.startsWith('/v1/'))
      throw new Error(`${String(method)} ${url} does not say who may call it`)
    const security = access && SECURITY[access]
    if (schema && security) schema.security = security
  })
}
