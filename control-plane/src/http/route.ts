import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  RawServerDefault,
} from 'fastify'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Problem } from '../contract/index.ts'
import { ANYONE_BODY_LIMIT_BYTES } from '../protocol/limits.ts'
import type { ProblemCode } from '../protocol/problems/problem-table.ts'
import { RATE_LIMIT_KEYS_MAX } from '../tuning/http.ts'

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/**
 * `anyone`: no credential, or one that the use case checks in the same script as its work (host key, rejoin ticket).
 * The others are checked here.
 */
export type Access = 'anyone' | 'operator' | 'node' | 'enrolment' | 'metrics'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route has one; the server does not start otherwise. */
    access?: Access
    /** Codes that the use case can refuse with; those of every such route are added in the API document. */
    refuses?: readonly ProblemCode[]
  }
}

/** Spread into the options of a route. */
export type RouteAccess = {
  config: { access: Access }
  onRequest: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined>
}

/** Response schemas of every route that may refuse. */
export const PROBLEM_RESPONSES = { '4xx': Problem, '5xx': Problem }

/** The node in the path. */
export function nodeOf({ params }: FastifyRequest): string {
  const { node } = params as { node?: unknown }
  return typeof node === 'string' ? node : ''
}

/** Rate limit by client address. */
const perMinute = (max: number) => ({
  rateLimit: { max, timeWindow: 60_000, cache: RATE_LIMIT_KEYS_MAX },
})

/** Options of a route that needs no credential: how often an address may call it, and how much it may send. */
export const forAnyone = (max: number, refuses: readonly ProblemCode[] = []) => ({
  bodyLimit: ANYONE_BODY_LIMIT_BYTES,
  config: { access: 'anyone' as const, refuses, ...perMinute(max) },
})

/** Options of an operator route that changes something. `act`: its name in the audit stream. */
export const acting = (
  { config, onRequest }: RouteAccess,
  act: string,
  refuses: readonly ProblemCode[] = [],
) => ({ onRequest, config: { ...config, act, refuses } })

/** The same for a host, whose key or ticket the use case checks. The handler then notes the actor of the request. */
export function actingAsHost(max: number, act: string, refuses: readonly ProblemCode[]) {
  const { bodyLimit, config } = forAnyone(max, refuses)
  return { bodyLimit, config: { ...config, act } }
}

/** Limit of a day by client address, counted in this replica's memory. */
export const perAddressAndDay = (max: number) => ({
  ...perMinute(max).rateLimit,
  timeWindow: 86_400_000,
})

/** Rate limit by node, once the node’s secret was recognised. */
export const perNode = (max: number) => ({
  rateLimit: { ...perMinute(max).rateLimit, hook: 'preParsing' as const, keyGenerator: nodeOf },
})
