// What a caller without a credential, or with a wrong one, may cost and learn.
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { type ControlPlaneStack, startControlPlanes } from '../../../deploy/stack/control-plane-stack.ts'
import { OFFLINE_ROOMS_BATCH } from '../../src/protocol/limits.ts'
import { WRONG_CREDENTIALS_PER_MIN } from '../../src/tuning/http.ts'
import { type Agent, assertProblem, call, servingAgent } from '../support/client.ts'

let stack: ControlPlaneStack
let agent: Agent
let cookie: string
before(async () => {
  stack = await startControlPlanes({ replicas: 1, logLevel: 'warn' })
  agent = await servingAgent(stack.url, stack.enrolmentKey, { node: 'n1' })
  const signedIn = await call(api('/operator/session'), 'POST', { body: { key: stack.operatorKey } })
  cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
})
after(() => stack.stop())

const api = (path: string): string => `${stack.url}/v1${path}`

/** Sends bytes as they are, and returns what comes back until the server closes. */
function exchange(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(Number(new URL(stack.url).port), '127.0.0.1', () => socket.write(text))
    socket.on('data', (chunk) => (answer += chunk.toString()))
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
  })
}

/** Status, headers and body of the answer to a request whose path is sent as it is. */
async function get(path: string, headers = '', method = 'GET') {
  const answer = await exchange(
    `${method} ${path} HTTP/1.1\r\nhost: x\r\n${headers}connection: close\r\n\r\n`,
  )
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  return { status: Number(head.split(' ')[1]), head, body }
}

test('the credential is checked before the body: a wrong one learns nothing about valid bodies', async () => {
  const routes: [
    method: string,
    path: string,
    code: 'operator_required' | 'node_unauthorized' | 'enrolment_refused',
  ][] = [
    ['PUT', '/sites/hq', 'operator_required'],
    ['POST', '/nodes/n1/drain', 'operator_required'],
    ['POST', '/nodes/n1/report', 'node_unauthorized'],
    ['POST', '/nodes/n1/offline-rooms', 'node_unauthorized'],
    ['POST', '/nodes/enrol', 'enrolment_refused'],
  ]
  for (const [method, path, code] of routes)
    for (const raw of ['{"protocol":1,', '{}', '"x"', `[${'1,'.repeat(100_000)}1]`])
      assertProblem(await call(api(path), method, { raw, bearer: 'wrong' }), 401, code)
})

test('a report of a known node that is wrong in 100,000 places stops at the first', async () => {
  const rooms = Array.from({ length: 20_000 }, () => ({ name: 7, participants: 'x', tracks: null }))
  const answer = await agent.report({ livekit: { up: true, rooms: rooms as unknown as [] } })
  assertProblem(answer, 400, 'invalid_request')
  // One fault, and that the union around it does not fit.
  assert.ok((answer.body.errors?.length ?? 0) <= 3)
})

test('a credential is for one node; a part of it, or a seal for another secret, is refused', async () => {
  const other = await servingAgent(stack.url, stack.enrolmentKey, { node: 'n2' })
  const [secret = '', seal = ''] = agent.credential().split('.')
  const [, foreignSeal = ''] = other.credential().split('.')
  const wrong = [
    secret,
    `.${seal}`,
    `${secret}.`,
    `${secret}.${foreignSeal}`,
    other.credential(),
    `x${secret}.${seal}`,
  ]
  for (const bearer of wrong)
    assertProblem(await call(api('/nodes/n1/report'), 'POST', { body: {}, bearer }), 401, 'node_unauthorized')
  assert.equal((await agent.report()).status, 200)
})

test('the operator’s key cannot be guessed by bearer; a session goes on meanwhile', async () => {
  for (let i = 0; i < WRONG_CREDENTIALS_PER_MIN.operator; i++)
    await call(api('/fleet'), 'GET', { bearer: `x${i}` })
  assertProblem(await call(api('/fleet'), 'GET', { bearer: 'x' }), 429, 'rate_limited')
  assert.equal((await call(api('/fleet'), 'GET', { headers: { cookie } })).status, 200)
})

test('a list of offline rooms of the greatest length and with the longest titles is taken', async () => {
  const branch = await servingAgent(stack.url, stack.enrolmentKey, { node: 'branch-1', site: 'branch' })
  const body = { ranges: [], fallback: [], boundary: 'soft', spare: 'none', offline: 'start' }
  // By session: a test before has used up the attempts by bearer.
  assert.equal((await call(api('/sites/branch'), 'PUT', { body, headers: { cookie } })).status, 204)
  const grant = (await branch.report()).body.offlineGrant
  const rooms = Array.from({ length: OFFLINE_ROOMS_BATCH }, (_, i) => ({
    roomId: i.toString(36).padStart(16, '0'),
    title: '"'.repeat(120),
    hostKeyHash: 'a'.repeat(64),
    expiresInSec: 3_600,
  }))
  const path = api('/nodes/branch-1/offline-rooms')
  assert.equal(
    (await call(path, 'POST', { body: { grant, rooms }, bearer: branch.credential() })).status,
    204,
  )
})

test('no path of a stranger is an internal fault, and nothing of it comes back', async () => {
  const paths = [
    '/%00',
    '//x',
    '/../x',
    '/assets/',
    '/assets/%2e%2e/index.html',
    '/assets/x\\y',
    '/%E0%A4%A',
    '/j/%00',
    '/v1/rooms/%E0%A4%A',
    `/v1/rooms/${'a'.repeat(300)}`,
    '/docs/../x',
    '/docs/%00',
    '/.env',
    'http://evil/x',
  ]
  for (const path of paths) {
    const { status, head, body } = await get(path)
    assert.equal(status, 404, path)
    assert.match(head, /content-type: application\/problem\+json/, path)
    assert.match(head, /x-content-type-options: nosniff/, path)
    assert.match(head, /cache-control: no-store/, path)
    assert.ok(!body.includes(path.slice(1)) || path === '/j/%00', path)
  }
})

test('what is not HTTP, too long or malformed is answered with a problem', async () => {
  const cases: [string, number, string][] = [
    [`cookie: ${'a'.repeat(20_000)}\r\n`, 431, 'headers_too_large'],
    ['content-length: -1\r\n', 400, 'malformed_request'],
    ['transfer-encoding: bogus\r\n', 400, 'malformed_request'],
  ]
  for (const [headers, status, code] of cases) {
    const answer = await get('/livez', headers)
    assert.equal(answer.status, status, headers.slice(0, 40))
    assert.match(answer.head, /content-type: application\/problem\+json/)
    assert.equal((JSON.parse(answer.body) as { code: string }).code, code)
  }
})

test('another method of a known address: 405 with Allow', async () => {
  const cases: [string, string, string][] = [
    ['PUT', '/v1/rooms', 'POST'],
    ['PATCH', '/v1/rooms/x/join', 'POST'],
    ['POST', '/v1/rooms/x', 'GET, HEAD, DELETE'],
    ['DELETE', '/livez', 'GET, HEAD'],
  ]
  for (const [method, path, allow] of cases) {
    const { status, head } = await get(path, '', method)
    assert.equal(status, 405, `${method} ${path}`)
    assert.deepEqual(/allow: (.*)\r/.exec(head)?.[1]?.split(', ').toSorted(), allow.split(', ').toSorted())
  }
})

// Last: this address may not enrol for a minute.
test('wrong enrolment keys are refused after a few', async () => {
  const wrong = (bearer: string) => call(api('/nodes/enrol'), 'POST', { body: {}, bearer })
  for (let i = 0; i < WRONG_CREDENTIALS_PER_MIN.enrolment; i++)
    assert.ok([401, 429].includes((await wrong(`x${i}`)).status))
  const refused = await wrong('another')
  assertProblem(refused, 429, 'rate_limited')
  assert.ok(Number(refused.headers.get('retry-after')) > 0)
})

test('the type of a problem is an address that explains it', async () => {
  const { body } = await call(api('/nothing'), 'GET')
  const words = await call<{ title: string; detail: string }>(stack.url + body.type, 'GET')
  assert.deepEqual([words.status, words.body.title, words.body.detail], [200, body.title, body.detail])
  const page = await call<string>(stack.url + body.type, 'GET', { headers: { accept: 'text/html' } })
  assert.match(page.body, new RegExp(`<h1>${body.title}</h1>`))
  assertProblem(await call(`${stack.url}/problems/toString`, 'GET'), 404, 'not_found')
})

test('an agent whose seal no longer fits gets its answer, however large its report is', async () => {
  const raw = JSON.stringify({ padding: 'x'.repeat(4_000_000) })
  for (let i = 0; i < 10; i++) {
    const answer = await call(api('/nodes/n1/report'), 'POST', {
      raw,
      bearer: `${agent.secret}.${'x'.repeat(22)}`,
    })
    assertProblem(answer, 401, 'node_unauthorized')
  }
  assert.equal((await agent.report()).status, 200)
})
