import type { OperatorsStore } from '../domain/operators.ts'
import { AUDIT_ENTRIES_MAX, SESSION_IDLE_MS, SESSION_LIFE_MS } from '../tuning/secrets.ts'
import { GLOBAL_SHARD } from './keys.ts'
import type { PrepareScript } from './scripting/run-scripts.ts'
import * as scripts from './scripts/operators.ts'

export function createOperatorsStore(prepare: PrepareScript): OperatorsStore {
  const appendAudit = prepare(scripts.appendAudit)
  const closeSession = prepare(scripts.closeSession)
  const openSession = prepare(scripts.openSession)
  const readAudit = prepare(scripts.readAudit)
  const touchSession = prepare(scripts.touchSession)
  const [idleMs, lifeMs] = [SESSION_IDLE_MS, SESSION_LIFE_MS]

  return {
    async openSession(session, keyId) {
      await openSession(GLOBAL_SHARD, { session, keyId, idleMs })
    },
    async touchSession(session, keyId) {
      return (await touchSession(GLOBAL_SHARD, { session, keyId, idleMs, lifeMs })).answer === 'open'
    },
    async closeSession(session) {
      await closeSession(GLOBAL_SHARD, { session })
    },
    async appendAudit(entry) {
      await appendAudit(GLOBAL_SHARD, { entry, keep: AUDIT_ENTRIES_MAX })
    },
    async readAudit({ before, limit }) {
      const { entries } = await readAudit(GLOBAL_SHARD, { before, limit })
      // An id of a stream is the time of Redis in milliseconds and a number.
      return entries.map(({ id, entry }) => ({ ...entry, id, atMs: Number(id.split('-', 1)[0]) }))
    },
  }
}
