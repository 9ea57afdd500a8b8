/** Keys of operators, in the shard `{lv}` only. */
import { ms, text, type KeyKind } from './key-kind.ts'

export const OPERATOR_KEYS = {
  operatorSession: {
    name: 'operator-session',
    of: 'session',
    type: 'hash',
    about: 'A session of an operator, by the hash of its cookie. Expires when it is idle.',
    fields: {
      keyId: text('of the operator key that it was opened with: another key ends it'),
      openedMs: ms(),
    },
  },
  audit: {
    name: 'audit',
    type: 'stream',
    about: 'What operators and hosts have done. The oldest entries are removed beyond a fixed number.',
    entries: 'id → `act`, JSON',
  },
} as const satisfies Readonly<Record<string, KeyKind>>
