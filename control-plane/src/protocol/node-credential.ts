/**
 * What an agent sends as bearer after its enrolment: `<node secret>.<seal>`. The seal is given at enrolment. By it any
 * replica recognises the sender without asking the store, before it reads the body; whether the node is still enrolled
 * with this secret is then decided by the script that does the work.
 */
export const nodeCredential = (secret: string, seal: string): string => `${secret}.${seal}`

/** Secret and seal of a bearer; empty strings where it has none. */
export function parseNodeCredential(bearer: string): { secret: string; seal: string } {
  const [secret = '', seal = ''] = bearer.split('.', 2)
  return { secret, seal }
}
