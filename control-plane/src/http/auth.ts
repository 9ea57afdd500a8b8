import { parseCookie } from 'cookie'
import type { FastifyRequest } from 'fastify'

/** How operators prove themselves: the key itself, or the session cookie that they got for it. */
export type OperatorAuth = {
  isKey: (key: string) => boolean
  /** The name of the cookie's session in the audit stream; undefined: it is not open. */
  sessionOf: (cookie: string) => Promise<string | undefined>
  /** Resolves to the cookie of a new session. */
  openSession: () => Promise<string>
  closeSession: (cookie: string) => Promise<void>
  /** Whether browsers reach this server by https. */
  https: boolean
}

/** Who does what a request asks for, as the audit stream names them. */
export type Actor = { kind: 'operator' | 'host'; who: string }

declare module 'fastify' {
  interface FastifyRequest {
    /** Set once a credential was recognised. */
    actor: Actor | null
  }
}

/** Browsers accept the prefix only with Secure, without Domain and for all paths: no sibling host can set the cookie. */
export const operatorCookieName = (https: boolean): string =>
  https ? '__Host-levee_operator' : 'levee_operator'

/** The token of `Authorization: Bearer …`, or the empty string. */
export function bearerOf(request: FastifyRequest): string {
  const header = request.headers.authorization ?? ''
  return /^bearer /i.test(header) ? header.slice(7).trim() : ''
}

export const operatorCookieOf = ({ https }: OperatorAuth, request: FastifyRequest): string | undefined =>
  parseCookie(request.headers.cookie ?? '')[operatorCookieName(https)]

/** Whether an operator sends this request; if so, it is noted as the request’s actor. */
export async function isOperator(operator: OperatorAuth, request: FastifyRequest): Promise<boolean> {
  if (request.actor?.kind === 'operator') return true
  const who = bearerOf(request) === '' ? await sessionOf(operator, request) : keyOf(operator, request)
  if (who !== undefined) request.actor = { kind: 'operator', who }
  return who !== undefined
}

const keyOf = (operator: OperatorAuth, request: FastifyRequest): string | undefined =>
  operator.isKey(bearerOf(request)) ? 'operator key' : undefined

async function sessionOf(operator: OperatorAuth, request: FastifyRequest): Promise<string | undefined> {
  const cookie = operatorCookieOf(operator, request)
  return cookie === undefined ? undefined : operator.sessionOf(cookie)
}
