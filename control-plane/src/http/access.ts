/** Who may call a route. Credentials are checked before a body is read; wrong ones are counted by address. */
import type { FastifyRequest } from 'fastify'
import { parseNodeCredential } from '../protocol/node-credential.ts'
import type { ProblemCode } from '../protocol/problems/problem-table.ts'
import { NODE_ID } from '../protocol/room-names.ts'
import { RATE_LIMIT_KEYS_MAX, WRONG_CREDENTIALS_PER_MIN } from '../tuning/http.ts'
import { bearerOf, isOperator, type OperatorAuth } from './auth.ts'
import { leaveUnread } from './connections.ts'
import { sendProblem } from './problem.ts'
import { nodeOf, type Access, type App, type RouteAccess } from './route.ts'

export type AccessDeps = {
  nodeSeals: { isRight: (node: string, secret: string, seal: string) => boolean }
  operator: OperatorAuth
  /** Where a key lets nodes enrol. */
  enrolmentSites: (key: string) => 'all' | readonly string[]
  isMetricsKey: (key: string) => boolean
}

export type RouteAccesses = Record<Exclude<Access, 'anyone'>, RouteAccess> & {
  /** Wrong operator keys from the address of a request; sign-in shares them with bearers. */
  operatorAttempts: Attempts
}

type Attempts = {
  areUsedUp: (request: FastifyRequest) => Promise<boolean>
  countWrong: (request: FastifyRequest) => Promise<void>
}

/** Call after the rate limit is registered. */
export function createAccess(app: App, deps: AccessDeps): RouteAccesses {
  const attempts = {
    operator: attemptsAt(app, 'operator'),
    enrolment: attemptsAt(app, 'enrolment'),
    metrics: attemptsAt(app, 'metrics'),
  }

  /** `isKnown`: a right credential that is not held up by the wrong ones of its neighbours behind the same address. */
  function access(
    kind: keyof typeof WRONG_CREDENTIALS_PER_MIN,
    refusal: ProblemCode,
    isRight: (request: FastifyRequest) => boolean | Promise<boolean>,
    isKnown: (request: FastifyRequest) => boolean | Promise<boolean> = () => false,
  ): RouteAccess {
    const { areUsedUp, countWrong } = attempts[kind]
    return {
      config: { access: kind },
      async onRequest(request, reply) {
        if (await isKnown(request)) return undefined
        if (await areUsedUp(request)) return sendProblem(reply, 'rate_limited')
        if (await isRight(request)) return undefined
        // A page that is not signed in asks without a credential, and guesses nothing.
        if (bearerOf(request) !== '') await countWrong(request)
        return sendProblem(reply, refusal)
      },
    }
  }

  return {
    operatorAttempts: attempts.operator,
    operator: access(
      'operator',
      'operator_required',
      (request) => isOperator(deps.operator, request),
      // A session was signed here; only the key can be guessed.
      (request) => bearerOf(request) === '' && isOperator(deps.operator, request),
    ),
    enrolment: access(
      'enrolment',
      'enrolment_refused',
      (request) => deps.enrolmentSites(bearerOf(request)).length > 0,
    ),
    metrics: access('metrics', 'metrics_key_required', (request) => deps.isMetricsKey(bearerOf(request))),
    node: {
      config: { access: 'node' },
      // Not limited by address: a guess costs a hash, and the agents of a branch share one address with its guests.
      async onRequest(request, reply) {
        const node = nodeOf(request)
        const { secret, seal } = parseNodeCredential(bearerOf(request))
        const isRight = NODE_ID.test(node) && deps.nodeSeals.isRight(node, secret, seal)
        if (isRight) return undefined
        leaveUnread(request, reply)
        return sendProblem(reply, 'node_unauthorized')
      },
    },
  }
}

/** Counts wrong credentials by address. */
function attemptsAt(app: App, kind: keyof typeof WRONG_CREDENTIALS_PER_MIN): Attempts {
  const limit = { max: WRONG_CREDENTIALS_PER_MIN[kind], timeWindow: 60_000, cache: RATE_LIMIT_KEYS_MAX }
  const wrong = app.createRateLimit(limit)
  return {
    async areUsedUp(request) {
      const { isAllowed, ...count } = await wrong(request, { increment: false })
      return !isAllowed && 'remaining' in count && count.remaining === 0
    },
    async countWrong(request) {
      await wrong(request)
      request.log.warn({ access: kind, address: request.ip }, 'wrong credential')
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
