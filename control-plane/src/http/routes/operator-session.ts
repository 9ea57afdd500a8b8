import { stringifySetCookie } from 'cookie'
import { Type } from 'typebox'
import { SignIn } from '../../contract/index.ts'
import { SIGN_INS_PER_MIN } from '../../tuning/http.ts'
import { OPERATOR_SESSION_TTL_SEC } from '../../tuning/secrets.ts'
import { OPERATOR_COOKIE, type OperatorAuth } from '../auth.ts'
import { sendProblem } from '../problem.ts'
import { forAnyone, PROBLEM_RESPONSES, type App } from '../route.ts'

export type OperatorSessionDeps = { operator: OperatorAuth; secureCookies: boolean }

const tags = ['operator']

export function operatorSessionRoutes(app: App, { operator, secureCookies }: OperatorSessionDeps): void {
  const cookie = (value: string, maxAge: number) =>
    stringifySetCookie({
      name: OPERATOR_COOKIE,
      value,
      maxAge,
      path: '/',
      httpOnly: true,
      sameSite: 'strict',
      secure: secureCookies,
    })

  app.post(
    '/operator/session',
    {
      ...forAnyone(SIGN_INS_PER_MIN),
      schema: {
        tags,
        summary: 'Sign in with the operator key',
        description: 'Sets an HttpOnly cookie for 12 hours.',
        body: SignIn,
        response: { 204: Type.Null(), ...PROBLEM_RESPONSES },
      },
    },
    async (request, reply) => {
      if (!operator.isKey(request.body.key)) {
        request.log.warn('operator sign-in refused')
        return sendProblem(reply, 'operator_required')
      }
      return reply
        .code(204)
        .header('set-cookie', cookie(operator.newSession(), OPERATOR_SESSION_TTL_SEC))
        .send(null)
    },
  )

  app.delete(
    '/operator/session',
    { ...forAnyone(SIGN_INS_PER_MIN), schema: { tags, summary: 'Sign out', response: { 204: Type.Null() } } },
    async (_request, reply) => reply.code(204).header('set-cookie', cookie('', 0)).send(null),
  )
}
