import { parseCookie } from 'cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { HttpDeps } from './deps.ts'
import { sendProblem } from './problem.ts'

export const OPERATOR_COOKIE = 'levee_operator'

/** The token of `Authorization: Bearer …`, or the empty string. */
export function bearerOf(request: FastifyRequest): string {
  const header = request.headers.authorization ?? ''
  return /^bearer /i.test(header) ? header.slice(7).trim() : ''
}

export function isOperator(deps: HttpDeps, request: FastifyRequest): boolean {
  const bearer = bearerOf(request)
  if (bearer) return deps.operator.isKey(bearer)
  const session = parseCookie(request.headers.cookie ?? '')[OPERATOR_COOKIE]
  return session !== undefined && deps.operator.isSession(session)
}

/** preHandler of every operator route. The cookie is SameSite=Strict, so no other page can send it along. */
export function requireOperator(deps: HttpDeps) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> =>
    isOperator(deps, request) ? undefined : sendProblem(reply, 'operator_required')
}
