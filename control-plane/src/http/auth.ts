import { parseCookie } from 'cookie'
import type { FastifyRequest } from 'fastify'

/** How operators prove themselves: the key itself, or the session cookie that they got for it. */
export type OperatorAuth = {
  isKey(key: string): boolean
  isSession(cookie: string): boolean
  newSession(): string
}

export const OPERATOR_COOKIE = 'levee_operator'

/** The token of `Authorization: Bearer …`, or the empty string. */
export function bearerOf(request: FastifyRequest): string {
  const header = request.headers.authorization ?? ''
  return /^bearer /i.test(header) ? header.slice(7).trim() : ''
}

export function isOperator(operator: OperatorAuth, request: FastifyRequest): boolean {
  const bearer = bearerOf(request)
  if (bearer) return operator.isKey(bearer)
  const session = parseCookie(request.headers.cookie ?? '')[OPERATOR_COOKIE]
  return session !== undefined && operator.isSession(session)
}
