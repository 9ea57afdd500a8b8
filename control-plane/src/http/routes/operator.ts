import { Type } from 'typebox'
import { Problem, SignIn } from '../../contract/index.ts'
import type { App } from '../app.ts'
import { OPERATOR_COOKIE } from '../auth.ts'
import type { HttpDeps } from '../deps.ts'
import { sendProblem } from '../problem.ts'

const tags = ['operator']

export function operatorRoutes(app: App, deps: HttpDeps): void {
  const cookie = { path: '/', httpOnly: true, sameSite: 'strict', secure: deps.secureCookies } as const

  app.post(
    '/operator/session',
    {
      config: { rateLimit: { max: 20, timeWindow: 60_000 } },
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
      reply.setCookie(OPERATOR_COOKIE, deps.operator.newSession(), { ...cookie, maxAge: 12 * 3_600 })
      return reply.code(204).send(null)
    },
  )

  app.delete(
    '/operator/session',
    { schema: { tags, summary: 'Sign out', response: { 204: Type.Null() } } },
    async (_request, reply) => {
      reply.clearCookie(OPERATOR_COOKIE, cookie)
      return reply.code(204).send(null)
    },
  )
}
