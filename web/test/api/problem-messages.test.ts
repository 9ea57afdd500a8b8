import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ProblemCode, PROBLEMS } from '@levee/control-plane/protocol/problems/problem-table'
import { problemMessages } from '../../src/api/problem-messages.ts'
import type { ConnectionFault } from '../../src/api/shown-problem.ts'
import { translate } from '../i18n/translate.ts'

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
/** `client`: only an outdated page or another client can cause it, not what a person does. */
const LASTING: Record<Lasting, 'person' | 'client'> = {
  invalid_request: 'person',
  payload_too_large: 'person',
  room_not_found: 'person',
  host_key_refused: 'person',
  rejoin_refused: 'person',
  creation_refused: 'person',
  too_many_rooms: 'person',
  operator_required: 'person',
  node_not_found: 'person',
  site_not_found: 'person',
  internal: 'person',
  drain_does_not_fit: 'person',
  malformed_request: 'client',
  unsupported_media_type: 'client',
  request_timeout: 'client',
  headers_too_large: 'client',
  method_not_allowed: 'client',
  not_found: 'client',
  metrics_key_required: 'client',
  proof_of_work_required: 'person',
  cross_site_refused: 'client',
  enrolment_refused: 'client',
  node_unauthorized: 'client',
  node_id_taken: 'client',
  node_removed: 'client',
  node_url_refused: 'client',
  impossible_report: 'client',
  offline_grant_refused: 'client',
  agent_too_old: 'client',
  agent_too_new: 'client',
}
const FAULTS: Record<ConnectionFault, true> = {
  node_blocked: true,
  media_blocked: true,
  token_refused: true,
  connection_failed: true,
}
const keys = <Key extends string>(table: Record<Key, unknown>) => Object.keys(table) as Key[]
const met = keys(LASTING).filter((code) => LASTING[code] === 'person')
const mismatches = keys(LASTING).filter((code) => LASTING[code] === 'client')
const unknown = problemMessages('made_up' as ProblemCode)

test('a code that a newer control plane may send still has a message', () => {
  assert.equal(unknown.retry, 'ask')
})

test('every code that a person can meet has its own message, and no two share the same advice', () => {
  const codes = new Map<string, string>()
  for (const code of [...keys(WAITING), ...met, ...keys(FAULTS), 'unreachable', 'unexpected'] as const) {
    const messages = problemMessages(code)
    assert.notEqual(messages, unknown, `${code} has no message of its own`)
    const advice = translate(messages.advice)
    assert.match(translate(messages.title), /^[A-Z].*[^.]$/, code)
    assert.match(advice, /\.$/, code)
    assert.equal(codes.get(advice), undefined, `${code} gives the same advice as ${codes.get(advice)}`)
    codes.set(advice, code)
  }
})

test('the other codes mean that page and service do not match', () => {
  for (const code of mismatches) assert.equal(problemMessages(code), unknown, code)
})

test('the page retries by itself exactly for problems where the control plane says that waiting helps', () => {
  for (const code of keys(WAITING)) assert.equal(problemMessages(code).retry, 'auto', code)
  for (const code of keys(LASTING)) assert.notEqual(problemMessages(code).retry, 'auto', code)
})
