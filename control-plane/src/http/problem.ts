import type { FastifyReply } from 'fastify'
import { problemDetails } from '../protocol/problems/problem-details.ts'
import type { ProblemCode } from '../protocol/problems/problem-table.ts'
import type { Refusal } from '../protocol/problems/refusal.ts'

/** Answers with a problem (RFC 9457), and with `Retry-After` where waiting helps. */
export function sendProblem(
  reply: FastifyReply,
  code: ProblemCode,
  { errors, members }: Pick<Refusal, 'errors' | 'members'> = {},
): FastifyReply {
  const problem = problemDetails(code, { requestId: reply.request.id, errors, members })
  if (problem.retryAfterSec !== undefined) reply.header('retry-after', problem.retryAfterSec)
  reply.problemCode = code
  return reply
    .code(problem.status)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(problem)
}

export const sendRefusal = (reply: FastifyReply, refusal: Refusal<ProblemCode>): FastifyReply =>
  sendProblem(reply, refusal.refused, refusal)

declare module 'fastify' {
  interface FastifyReply {
    problemCode: ProblemCode | null
  }
}
