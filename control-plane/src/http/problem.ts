import type { FastifyReply } from 'fastify'
import type { ProblemCode } from '../contract/index.ts'
import { PROBLEMS } from '../contract/index.ts'
import type { Refusal } from '../protocol/refusal.ts'

/** Answers with a problem of the closed list (RFC 9457), with `Retry-After` where waiting helps. */
export function sendProblem(
  reply: FastifyReply,
  code: ProblemCode,
  extra: { errors?: Refusal['errors']; retryAfterSec?: number } = {},
): FastifyReply {
  const problem: { status: number; title: string; detail: string; retryAfterSec?: number } = PROBLEMS[code]
  const retryAfterSec = extra.retryAfterSec ?? problem.retryAfterSec
  if (retryAfterSec !== undefined) reply.header('retry-after', retryAfterSec)
  reply.problemCode = code
  return reply
    .code(problem.status)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send({
      type: `/problems/${code}`,
      title: problem.title,
      status: problem.status,
      detail: problem.detail,
      code,
      requestId: reply.request.id,
      ...(retryAfterSec === undefined ? {} : { retryAfterSec }),
      ...(extra.errors && extra.errors.length > 0 ? { errors: extra.errors } : {}),
    })
}

export function sendRefusal(reply: FastifyReply, refusal: Refusal<ProblemCode>): FastifyReply {
  return sendProblem(reply, refusal.refused, refusal.errors ? { errors: refusal.errors } : {})
}

declare module 'fastify' {
  interface FastifyReply {
    problemCode: ProblemCode | null
  }
}
