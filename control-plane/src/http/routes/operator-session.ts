import { stringifySetCookie } from 'cookie'
import { Type } from 'typebox'
import { Problem, SignIn } from '../../contract/index.ts'
import { SIGN_INS_PER_MIN } from '../../tuning/http.ts'
import { OPERATOR_SESSION_TTL_SEC } from '../../tuning/secrets.ts'
import type { App } from '../app.ts'
import { OPERATOR_COOKIE } from '../auth.ts'
import type { HttpDeps } from '../deps.ts'
import { sendProblem } from '../problem.ts'

const tags = ['operator']

export function operatorRoutes(app: App, deps: HttpDeps): void {
  const session = (value: string, maxAge: number) =>
    stringifySetCookie({
      name: OPERATOR_COOKIE,
      value,
      maxAge,
      path: '/',
      httpOnly: true,
      sameSite: 'strict',
      secure: deps.secureCookies,
    })

  app.post(
    '/operator/session',
    {
      config: { rateLimit: { max: SIGN_INS_PER_MIN, timeWindow: 60_000 } },
      schema: {
        tags,
        summary: 'Sign in with the operator key',
        description: 'Sets an HttpOnly cookie for 12 hours.',
        body: SignIn,
        response: { 204: Type.Null(), '4xx': Problem, '5xx': Problem },
      },
    },
    async (request, reply) => {
      if (!deps.operator.isKey(request.body.key)) {
        request.log.warn('operator sign-in refused')
        return sendProblem(reply, 'operator_required')
      }
      return reply
        .code(204)
        .header('set-cookie', session(deps.operator.newSession(), OPERATOR_SESSION_TTL_SEC))
        .send(null)
    },
  )

  app.delete(
    '/operator/session',
    { schema: { tags, summary: 'Sign out', response: { 204: Type.Null() } } },
    async (_request, reply) => {
      return reply.code(204).header('set-cookie', session('', 0)).send(null)
    },
  )
}
