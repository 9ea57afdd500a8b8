import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest, RawServerDefault } from 'fastify'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Problem } from '../contract/index.ts'
import { ANYONE_BODY_LIMIT_BYTES } from '../protocol/limits.ts'
import { RATE_LIMIT_KEYS_MAX } from '../tuning/http.ts'

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

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
export const forAnyone = (max: number) => ({
  bodyLimit: ANYONE_BODY_LIMIT_BYTES,
  config: { access: 'anyone' as const, ...perMinute(max) },
})

/** Rate limit by node, once the node’s secret was recognised. */
export const perNode = (max: number) => ({
  rateLimit: { ...perMinute(max).rateLimit, hook: 'preParsing' as const, keyGenerator: nodeOf },
})
