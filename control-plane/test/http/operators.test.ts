// How operators sign in, how their sessions end, and what is written down of what they and hosts do.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { type ControlPlaneStack, startControlPlanes } from '../../../deploy/stack/control-plane-stack.ts'
import type { AuditPage, Problem } from '../../src/contract/index.ts'
import { SIGN_IN_PROOF_BITS } from '../../src/protocol/limits.ts'
import { hasZeroBits, proofText } from '../../src/protocol/proof-of-work.ts'
import { parseRoomCode } from '../../src/protocol/room-names.ts'
import { roomIdOf } from '../../src/protocol/room-id.ts'
import { WRONG_CREDENTIALS_PER_MIN } from '../../src/tuning/http.ts'
import { assertProblem, call, createRoom, servingAgent } from '../support/client.ts'

let stack: ControlPlaneStack
before(async () => {
  stack = await startControlPlanes({ replicas: 2, logLevel: 'info' })
  await servingAgent(stack.url, stack.enrolmentKey, { node: 'n1' })
})
after(() => stack.stop())

const api = (path: string, base = stack.url): string => `${base}/v1${path}`
const signIn = (body: object, base?: string) =>
  call<Problem & { challenge?: string }>(api('/operator/session', base), 'POST', { body })
const cookieOf = ({ headers }: { headers: Headers }): string =>
  (headers.get('set-cookie') ?? '').split(';')[0] ?? ''
const withCookie = (path: string, method: string, cookie: string, base?: string) =>
  call(api(path, base), method, { headers: { cookie } })
const audit = async (query = '') =>
  (await call<AuditPage>(api(`/audit${query}`), 'GET', { bearer: stack.operatorKey })).body

function prove(challenge: string, key: string): number {
  for (let nonce = 0; ; nonce++) {
    const hash = createHash('sha256')
      .update(proofText(challenge, key, nonce))
      .digest()
    if (hasZeroBits(hash, SIGN_IN_PROOF_BITS)) return nonce
  }
}

test('a session is open on every replica, and after sign-out on none', async () => {
  const [first = '', second = ''] = stack.urls
  const cookie = cookieOf(await signIn({ key: stack.operatorKey }, first))
  assert.equal((await withCookie('/fleet', 'GET', cookie, second)).status, 200)
  assert.equal((await withCookie('/operator/session', 'DELETE', cookie, first)).status, 204)
  // The browser forgets the cookie; whoever has copied it is out too.
  for (const base of [first, second])
    assertProblem(await withCookie('/fleet', 'GET', cookie, base), 401, 'operator_required')
})

test('another operator key ends the sessions of the old one', async () => {
  const cookie = cookieOf(await signIn({ key: stack.operatorKey }))
  const changed = await stack.addControlPlane({ LEVEE_OPERATOR_KEY: 'x7Jw2-another-operators-key' })
  assertProblem(await withCookie('/fleet', 'GET', cookie, changed.url), 401, 'operator_required')
  // It is gone for the replicas with the old key too.
  assertProblem(await withCookie('/fleet', 'GET', cookie), 401, 'operator_required')
  await changed.stop()
})

test('a page of another site cannot use a session, nor send anything that changes something', async () => {
  const cookie = cookieOf(await signIn({ key: stack.operatorKey }))
  const cordon = (headers: Record<string, string>) =>
    call(api('/nodes/n1/cordon'), 'POST', { headers: { cookie, ...headers } })
  const foreign = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'https://evil.example.org' },
    { origin: 'null' },
  ]
  for (const headers of foreign) assertProblem(await cordon(headers), 403, 'cross_site_refused')
  const own = [
    { 'sec-fetch-site': 'same-origin', origin: 'https://branch.example.org' },
    { origin: stack.url },
    {},
  ]
  for (const headers of own) assert.equal((await cordon(headers)).status, 204)
  assert.equal((await withCookie('/nodes/n1/uncordon', 'POST', cookie)).status, 204)
  const created = await call(api('/rooms'), 'POST', {
    body: {},
    headers: { 'sec-fetch-site': 'cross-site' },
  })
  assertProblem(created, 403, 'cross_site_refused')
})

test('every act of an operator or a host is in the audit stream: who, from where, what, result', async () => {
  const cookie = cookieOf(await signIn({ key: stack.operatorKey }))
  const room = await createRoom(stack.url)
  await withCookie('/nodes/n1/cordon', 'POST', cookie)
  await withCookie('/nodes/none/cordon', 'POST', cookie)
  await call(api('/sites/hq'), 'PUT', {
    bearer: stack.operatorKey,
    body: { ranges: ['10.0.0.0/8'], fallback: [], boundary: 'soft', spare: 'none' },
  })
  await call(api(`/rooms/${room.room}`), 'DELETE', { bearer: room.hostKey })
  await call(api('/nodes/n1/uncordon'), 'POST', { bearer: 'wrong' })
  const { entries } = await audit('?limit=5')
  const code = parseRoomCode(room.room)
  assert.ok(code)
  assert.deepEqual(
    entries.map(({ act, actor, target, result }) => [act, actor, target, result]),
    [
      ['room.end', 'host', roomIdOf(code), 'done'],
      ['site.set', 'operator', 'hq', 'done'],
      ['node.cordon', 'operator', 'none', 'node_not_found'],
      ['node.cordon', 'operator', 'n1', 'done'],
      ['operator.sign_in', 'operator', '', 'done'],
    ],
  )
  for (const entry of entries) assert.match(entry.address, /127\.0\.0\.1$/)
  const [, set, cordon] = entries
  assert.match(set?.details ?? '', /10\.0\.0\.0\/8/)
  assert.equal(set?.who, 'operator key')
  assert.match(cordon?.who ?? '', /^session [0-9a-f]{8}$/)
  const text = JSON.stringify(await audit())
  for (const secret of [stack.operatorKey, room.hostKey, room.room, code, cookie.split('=')[1] ?? ''])
    assert.ok(!text.includes(secret), 'no secret')
  await call(api('/nodes/n1/uncordon'), 'POST', { bearer: stack.operatorKey })
})

test('the audit stream is read page by page, and only by operators', async () => {
  assertProblem(await call(api('/audit'), 'GET'), 401, 'operator_required')
  const all = (await audit('?limit=500')).entries
  const paged = []
  for (let next: string | null = ''; next !== null;) {
    const page: AuditPage = await audit(`?limit=2${next && `&before=${next}`}`)
    paged.push(...page.entries)
    next = page.next
  }
  assert.deepEqual(paged, all)
  assertProblem(
    await call(api('/audit?before=x'), 'GET', { bearer: stack.operatorKey }),
    400,
    'invalid_request',
  )
})

test('after many wrong keys from an address the right one still signs in, with a proof of work for each attempt', async () => {
  // Another test has sent a wrong one before.
  for (let i = 1; i < WRONG_CREDENTIALS_PER_MIN.operator; i++)
    assertProblem(await signIn({ key: `wrong ${i}` }), 401, 'operator_required')
  const refused = await signIn({ key: stack.operatorKey })
  assertProblem(refused, 429, 'proof_of_work_required')
  const { challenge = '' } = refused.body
  const proof = { challenge, nonce: prove(challenge, stack.operatorKey) }
  // The proof is for this key only, and a made-up challenge is none.
  assertProblem(await signIn({ key: 'wrong', proof }), 429, 'proof_of_work_required')
  const own = { challenge: 'x', nonce: prove('x', stack.operatorKey) }
  assertProblem(await signIn({ key: stack.operatorKey, proof: own }), 429, 'proof_of_work_required')
  const proven = { challenge, nonce: prove(challenge, 'wrong') }
  assertProblem(await signIn({ key: 'wrong', proof: proven }), 401, 'operator_required')
  const signedIn = await signIn({ key: stack.operatorKey, proof })
  assert.equal(signedIn.status, 204)
  assert.equal((await withCookie('/fleet', 'GET', cookieOf(signedIn))).status, 200)
  // By bearer there is no proof: the key cannot be guessed that way.
  assertProblem(await call(api('/fleet'), 'GET', { bearer: stack.operatorKey }), 429, 'rate_limited')
  const log = readFileSync(stack.controlPlanes[0]?.logFile ?? '', 'utf8')
  assert.match(log, /wrong credential/)
  assert.ok(!log.includes(stack.operatorKey) && !log.includes('wrong 1'), 'keys are not logged')
})
