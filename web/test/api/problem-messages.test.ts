import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ProblemCode, PROBLEMS } from '@levee/control-plane/contract'
import { refusalWords } from '../../src/api/problem-messages.ts'
import type { ConnectionFault } from '../../src/api/shown-problem.ts'

type Waiting = {
  [Code in ProblemCode]: (typeof PROBLEMS)[Code] extends { retryAfterSec: number } ? Code : never
}[ProblemCode]
type Lasting = Exclude<ProblemCode, Waiting>

// The types make these tables complete: a new code in the contract is a type error here.
const WAITING: Record<Waiting, true> = {
  rate_limited: true,
  no_node: true,
  fleet_full: true,
  node_full: true,
  node_busy: true,
  site_full: true,
  store_recovering: true,
  store_unavailable: true,
  stopping: true,
}
/** `nobody`: no page can cause it by what a person does; it means an older page or another client's route. */
const LASTING: Record<Lasting, 'person' | 'nobody'> = {
  invalid_request: 'person',
  payload_too_large: 'person',
  room_not_found: 'person',
  host_key_refused: 'person',
  rejoin_refused: 'person',
  creation_refused: 'person',
  operator_required: 'person',
  node_not_found: 'person',
  site_not_found: 'person',
  internal: 'person',
  drain_does_not_fit: 'person',
  malformed_request: 'nobody',
  unsupported_media_type: 'nobody',
  not_found: 'nobody',
  metrics_key_required: 'nobody',
  enrolment_refused: 'nobody',
  node_unauthorized: 'nobody',
  node_id_taken: 'nobody',
  impossible_report: 'nobody',
  offline_grant_refused: 'nobody',
  agent_too_old: 'nobody',
  agent_too_new: 'nobody',
}
const FAULTS: Record<ConnectionFault, true> = {
  node_blocked: true,
  media_blocked: true,
  token_refused: true,
  connection_failed: true,
}
const keys = <Key extends string>(table: Record<Key, unknown>) => Object.keys(table) as Key[]
const met = keys(LASTING).filter((code) => LASTING[code] === 'person')
const notMet = keys(LASTING).filter((code) => LASTING[code] === 'nobody')
const unknown = refusalWords('made_up' as ProblemCode)

test('a code that a newer control plane may send still has words', () => {
  assert.equal(unknown.retry, 'ask')
})

test('every code that a person can meet has its own words, and no two say the same', () => {
  const said = new Map<string, string>()
  for (const code of [...keys(WAITING), ...met, ...keys(FAULTS), 'unreachable', 'unexpected'] as const) {
    const words = refusalWords(code)
    assert.notEqual(words, unknown, `${code} has no words of its own`)
    assert.match(words.what, /^[A-Z].*[^.]$/, code)
    assert.match(words.todo, /\.$/, code)
    assert.equal(said.get(words.todo), undefined, `${code} says the same as ${said.get(words.todo)}`)
    said.set(words.todo, code)
  }
})

test('the rest says that page and control plane do not agree', () => {
  for (const code of notMet) assert.equal(refusalWords(code), unknown, code)
})

test('it tries again by itself exactly where the control plane says that waiting helps', () => {
  for (const code of keys(WAITING)) assert.equal(refusalWords(code).retry, 'auto', code)
  for (const code of keys(LASTING)) assert.notEqual(refusalWords(code).retry, 'auto', code)
})
