import { stringifySetCookie } from 'cookie'
import { Type } from 'typebox'
import { SignIn } from '../../contract/index.ts'
import { ANYONE_BODY_LIMIT_BYTES } from '../../protocol/limits.ts'
import { isRefusal } from '../../protocol/problems/refusal.ts'
import { SESSION_LIFE_MS } from '../../tuning/secrets.ts'
import { signIn, type SignInDeps } from '../../use-cases/operators/sign-in.ts'
import type { RouteAccesses } from '../access.ts'
import { operatorCookieName, operatorCookieOf, type OperatorAuth } from '../auth.ts'
import { sendRefusal } from '../problem.ts'
import { PROBLEM_RESPONSES, type App } from '../route.ts'

export type OperatorSessionDeps = SignInDeps & { operator: OperatorAuth }

/** Not limited by address, where a flood would lock out the operators behind it: without a proof an attempt costs a hash. */
const WITHOUT_LIMIT = { access: 'anyone', rateLimit: false } as const

export function operatorSessionRoutes(
  app: App,
  deps: OperatorSessionDeps,
  { operatorAttempts }: RouteAccesses,
): void {
  const { operator } = deps
  const cookie = (value: string, maxAge: number) =>
    stringifySetCookie({
      name: operatorCookieName(operator.https),
      value,
      maxAge,
      path: '/',
      httpOnly: true,
      sameSite: 'strict',
      secure: operator.https,
    })
  const tags = ['operator']

  app.post(
    '/operator/session',
    {
      config: {
        ...WITHOUT_LIMIT,
        act: 'operator.sign_in',
        refuses: ['operator_required', 'proof_of_work_required'],
      },
      bodyLimit: ANYONE_BODY_LIMIT_BYTES,
      schema: {
        tags,
        operationId: 'signIn',
        summary: 'Sign in with the operator key',
        description:
          'Sets an HttpOnly cookie. The session ends after half an hour without a request, after 12 hours, at sign-out, or when the operator key changes. After many wrong attempts from one address each attempt needs a proof of work.',
        body: SignIn,
        response: { 204: Type.Null(), ...PROBLEM_RESPONSES },
      },
    },
    async (request, reply) => {
      const answer = await signIn(deps, request.body, await operatorAttempts.areUsedUp(request))
      if (isRefusal(answer)) {
        if (answer.refused === 'operator_required') await operatorAttempts.countWrong(request)
        return sendRefusal(reply, answer)
      }
      request.actor = { kind: 'operator', who: 'operator key' }
      return reply
        .code(204)
        .header('set-cookie', cookie(answer.cookie, SESSION_LIFE_MS / 1000))
        .send(null)
    },
  )

  app.delete(
    '/operator/session',
    {
      config: { ...WITHOUT_LIMIT, act: 'operator.sign_out' },
      schema: {
        tags,
        operationId: 'signOut',
        summary: 'Sign out: ends the session of the cookie',
        response: { 204: Type.Null(), ...PROBLEM_RESPONSES },
      },
    },
    async (request, reply) => {
      const current = operatorCookieOf(operator, request)
      const who = current === undefined ? undefined : await operator.sessionOf(current)
      if (current !== undefined && who !== undefined) {
        request.actor = { kind: 'operator', who }
        await operator.closeSession(current)
      }
      return reply.code(204).header('set-cookie', cookie('', 0)).send(null)
    },
  )
}
