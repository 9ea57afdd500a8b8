import { WRONG_GUESSES } from '../tuning.ts'
import { holds, type Attack } from '../attack.ts'

const FROM_ONE_ADDRESS = { 'x-forwarded-for': '203.0.113.7' }

export const keys: readonly Attack[] = [
  {
    name: 'guess the operator key by bearer',
    mustNot: 'look at more than 20 guesses a minute from one address',
    async run({ call }) {
      const answers = await Promise.all(
        Array.from({ length: WRONG_GUESSES }, (_, i) =>
          call('GET', '/v1/fleet', { bearer: `guess ${i}`, headers: FROM_ONE_ADDRESS }),
        ),
      )
      const seen = answers.filter(({ status }) => status === 401).length
      holds(seen < 60, `${seen} of ${WRONG_GUESSES} guesses were looked at`)
      return `${seen} of ${WRONG_GUESSES} looked at`
    },
  },
  {
    name: 'forge the session of an operator',
    mustNot: 'let a cookie in that the control plane has not signed, or has ended',
    async run({ call, stack }) {
      const signedIn = await call('POST', '/v1/operator/session', { body: { key: stack.operatorKey } })
      const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
      await call('DELETE', '/v1/operator/session', { headers: { cookie } })
      const forged = [cookie, `${cookie}x`, 'levee_operator=x.y.z', cookie.replace(/\.[^.]*$/, '.')]
      for (const one of forged) {
        const { status } = await call('GET', '/v1/fleet', { headers: { cookie: one } })
        holds(status === 401, `a cookie was answered with ${status}`)
      }
      return `${forged.length} cookies refused`
    },
  },
  {
    name: 'lock the operator out with a flood of sign-ins from the same office',
    mustNot: 'refuse an open session, or the right key with a proof of work',
    async run({ call, stack }) {
      const signedIn = await call('POST', '/v1/operator/session', {
        body: { key: stack.operatorKey },
        headers: FROM_ONE_ADDRESS,
      })
      await Promise.all(
        Array.from({ length: WRONG_GUESSES }, (_, i) =>
          call('POST', '/v1/operator/session', { body: { key: `guess ${i}` }, headers: FROM_ONE_ADDRESS }),
        ),
      )
      const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
      const headers = { ...FROM_ONE_ADDRESS, cookie }
      if (signedIn.status === 204) {
        const { status } = await call('GET', '/v1/fleet', { headers })
        holds(status === 200, `the open session was answered with ${status}`)
      }
      const again = await call<{ challenge?: string }>('POST', '/v1/operator/session', {
        body: { key: stack.operatorKey },
        headers: FROM_ONE_ADDRESS,
      })
      holds(again.body.challenge !== undefined, 'the right key got no challenge')
      return 'the session went on, and the right key got a challenge'
    },
  },
]
