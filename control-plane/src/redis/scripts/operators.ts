/** Scripts for the sessions of operators and for the audit stream. */
import type { AuditEntry } from '../../domain/operators.ts'
import { defineScript } from '../scripting/define-script.ts'
import { about, int, json, list, optional, record, text } from '../scripting/types.ts'

const SESSION = about('hash of the cookie', text)
const KEY_ID = about('of the operator key', text)
export const ENTRY = json<AuditEntry>('{ act, actor, who, address, target, result, details }')

export const openSession = defineScript({
  file: 'operators/open-session',
  purpose: 'Opens a session of an operator.',
  args: { session: SESSION, keyId: KEY_ID, idleMs: int },
  returns: { opened: {} },
})

export const touchSession = defineScript({
  file: 'operators/touch-session',
  purpose: 'Whether a session of an operator is open; a session in use stays open until the end of its life.',
  args: { session: SESSION, keyId: KEY_ID, idleMs: int, lifeMs: int },
  returns: { open: {}, ended: {} },
})

export const closeSession = defineScript({
  file: 'operators/close-session',
  purpose: 'Ends a session of an operator.',
  args: { session: SESSION },
  returns: { closed: {} },
})

export const appendAudit = defineScript({
  file: 'operators/append-audit',
  purpose: 'Appends an entry to the audit stream.',
  args: { entry: ENTRY, keep: about('entries that are kept, roughly', int) },
  returns: { appended: {} },
})

export const readAudit = defineScript({
  file: 'operators/read-audit',
  purpose: 'A page of the audit stream, the newest entries first.',
  args: { before: about('id of an entry; absent: the newest', optional(text)), limit: int },
  returns: { entries: { entries: list(record('entry', { id: text, entry: ENTRY })) } },
})
