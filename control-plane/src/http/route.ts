import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Problem } from '../contract/index.ts'

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** Response schemas of every route that may refuse. */
export const PROBLEM_RESPONSES = { '4xx': Problem, '5xx': Problem }

/** OpenAPI security of operator routes. */
export const OPERATOR_KEY = [{ operator: [] }]

/** Rate limit by client address. */
export const perMinute = (max: number) => ({ rateLimit: { max, timeWindow: 60_000 } })
