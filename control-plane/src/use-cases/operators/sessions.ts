import type { OperatorsStore } from '../../domain/operators.ts'
import { hashSecret } from '../../protocol/room-id.ts'
import { SESSION_ID_BYTES } from '../../tuning/secrets.ts'

export type OperatorSessionsDeps = {
  operators: Pick<OperatorsStore, 'openSession' | 'touchSession' | 'closeSession'>
  /** Of the operator key; another key ends all sessions. */
  operatorKeyId: string
  operatorSessions: { sign: (id: string) => string; read: (cookie: string) => string | null }
  randomBytes: (count: number) => Buffer
}

/** Opens a session and returns its cookie. The store has only the hash of the id in it. */
export async function openOperatorSession(deps: OperatorSessionsDeps): Promise<string> {
  const id = deps.randomBytes(SESSION_ID_BYTES).toString('base64url')
  await deps.operators.openSession(hashSecret(id), deps.operatorKeyId)
  return deps.operatorSessions.sign(id)
}

/** The name of an open session in the audit stream; undefined: the cookie is not one of an open session. */
export async function operatorSessionOf(
  deps: OperatorSessionsDeps,
  cookie: string,
): Promise<string | undefined> {
  // A forged cookie costs a hash and never reaches the store.
  const id = deps.operatorSessions.read(cookie)
  if (id === null) return undefined
  const session = hashSecret(id)
  return (await deps.operators.touchSession(session, deps.operatorKeyId)) ? sessionName(session) : undefined
}

/** Ends a session everywhere, not only in this browser. */
export async function closeOperatorSession(deps: OperatorSessionsDeps, cookie: string): Promise<void> {
  const id = deps.operatorSessions.read(cookie)
  if (id !== null) await deps.operators.closeSession(hashSecret(id))
}

const sessionName = (session: string): string => `session ${session.slice(0, 8)}`
