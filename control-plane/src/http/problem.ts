import type { FastifyReply } from 'fastify'
import { problemDetails } from '../protocol/problem-details.ts'
import type { ProblemCode } from '../protocol/problem-table.ts'
import type { Refusal } from '../protocol/refusal.ts'

/** Answers with a problem of the closed list (RFC 9457), with `Retry-After` where waiting helps. */
export function sendProblem(
  reply: FastifyReply,
  code: ProblemCode,
  extra: { errors?: Refusal['errors']; retryAfterSec?: number } = {},
): FastifyReply {
  const problem = problemDetails(code, { requestId: reply.request.id, ...extra })
  if (problem.retryAfterSec !== undefined) reply.header('retry-after', problem.retryAfterSec)
  reply.problemCode = code
  return reply
    .code(problem.status)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(problem)
}

export function sendRefusal(reply: FastifyReply, refusal: Refusal<ProblemCode>): FastifyReply {
  return sendProblem(reply, refusal.refused, refusal.errors ? { errors: refusal.errors } : {})
}

declare module 'fastify' {
  interface FastifyReply {
    problemCode: ProblemCode | null
  }
}
