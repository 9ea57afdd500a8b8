import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join as joinPath } from 'node:path'
import { after, before, test } from 'node:test'
import { startControlPlanes } from '../../../deploy/stack/control-plane-stack.ts'
import type { ControlPlaneStack } from '../../../deploy/stack/control-plane-stack.ts'
import { until } from '../../../deploy/stack/until.ts'
import { PROBLEMS } from '../../src/contract/index.ts'
import type { CreatedRoom, JoinAnswer, NodePage, RoomView } from '../../src/contract/index.ts'
import { agentFor, assertProblem, call, createRoom, join, servingAgent } from '../support/client.ts'

let stack: ControlPlaneStack
let room: CreatedRoom
before(async () => {
  stack = await startControlPlanes({ replicas: 1, logLevel: 'debug' })
  await servingAgent(stack.url, stack.enrolmentKey, { node: 'n1' })
  room = await createRoom(stack.url, { title: 'Monday' })
})
after(() => stack.stop())

const api = (path: string): string => `${stack.url}/v1${path}`
const joinRaw = (raw: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  call(api(`/rooms/${room.room}/join`), 'POST', { raw, headers })

test('malformed JSON, a body that is not JSON, and empty JSON are refused', async () => {
  for (const raw of ['{"name":', 'Ann', '{"name":"A"}}', '\u0000'])
    assertProblem(await joinRaw(raw), 400, 'malformed_request')
  assertProblem(await joinRaw(''), 400, 'malformed_request')
  assertProblem(
    await joinRaw('name=Ann', { 'content-type': 'application/x-www-form-urlencoded' }),
    415,
    'unsupported_media_type',
  )
})

test('a body that tries to reach into prototypes is refused', async () => {
  assertProblem(await joinRaw('{"name":"A","__proto__":{"role":"host"}}'), 400, 'malformed_request')
  assertProblem(await joinRaw('{"name":"A","constructor":{"prototype":{}}}'), 400, 'malformed_request')
})

test('wrong types, missing and unknown fields are named; their values are never echoed', async () => {
  const cases: [object | null | unknown[], string][] = [
    [{}, '/name'],
    [{ name: 7 }, '/name'],
    [{ name: null }, '/name'],
    [{ name: 'A', role: 'host-please-make-me' }, '/role'],
    [{ name: 'A', hostKey: ['secret-value'] }, '/hostKey'],
    [{ name: 'A', site: '../x' }, '/site'],
  ]
  for (const [body, field] of cases) {
    const answer = await join(stack.url, room.room, body as object)
    assertProblem(answer, 400, 'invalid_request')
    assert.ok(
      answer.body.errors?.some((e) => e.field === field),
      JSON.stringify(answer.body),
    )
    assert.doesNotMatch(JSON.stringify(answer.body), /host-please|secret-value/)
  }
  for (const raw of ['[]', 'null', '"x"', '42']) assertProblem(await joinRaw(raw), 400, 'invalid_request')
  for (const body of [
    { expectedParticipants: 1e9 },
    { expectedParticipants: '4' },
    { expiresInSec: -1 },
    { title: 'x'.repeat(121) },
  ])
    assertProblem(await call(api('/rooms'), 'POST', { body }), 400, 'invalid_request')
})

test('names: over-long is refused, unusual Unicode is kept or cleaned, invisible is refused', async () => {
  assertProblem(await join(stack.url, room.room, { name: 'x'.repeat(65) }), 400, 'invalid_request')
  assertProblem(await join(stack.url, room.room, { name: '' }), 400, 'invalid_request')
  for (const name of ['\u200B\u200B', '   ', '\u202E'])
    assertProblem(await join(stack.url, room.room, { name }), 400, 'invalid_request')
  for (const [given, shown] of [
    ['李小龙 🎉', '李小龙 🎉'],
    ['مرحبا', 'مرحبا'],
    ['Zalgo h\u0337\u0338i', 'Zalgo h\u0337\u0338i'],
    ['a\u202Eb\u0000c', 'a b c'],
  ] as const) {
    const joined = await join(stack.url, room.room, { name: given })
    assert.equal(joined.status, 200)
    assert.equal(joined.body.name, shown.normalize('NFC'))
    assert.equal(claims(joined.body.participantToken)['name'], shown.normalize('NFC'))
  }
})

test('a body of 10 MB is refused, and the replica goes on', async () => {
  assertProblem(await joinRaw(new Uint8Array(10 * 1024 * 1024).fill(0x20)), 413, 'payload_too_large')
  assert.equal((await join(stack.url, room.room)).status, 200)
})

test('unknown, ended, expired and impossible links get the same answer', async () => {
  const ended = await createRoom(stack.url)
  assert.equal((await call(api(`/rooms/${ended.room}`), 'DELETE', { bearer: ended.hostKey })).status, 204)
  const expired = await createRoom(stack.url, { expiresInSec: 1 })
  await until(async () => (await call(api(`/rooms/${expired.room}`), 'GET')).status === 404, {
    what: 'the link expires',
  })
  const codes = [ended.room, expired.room, '0000-00000-00000', 'x', '%00', 'a'.repeat(64), '..%2f..%2fetc']
  const answers = []
  for (const code of codes) {
    const seen = await call(api(`/rooms/${code}`), 'GET')
    assertProblem(seen, 404, 'room_not_found')
    const joined = await join(stack.url, code)
    assertProblem(joined, 404, 'room_not_found')
    assertProblem(await call(api(`/rooms/${code}`), 'DELETE', { bearer: 'x' }), 404, 'room_not_found')
    answers.push(JSON.stringify({ ...joined.body, requestId: '' }))
  }
  assert.equal(new Set(answers).size, 1)
  assertProblem(await call(api(`/rooms/${'a'.repeat(65)}`), 'GET'), 404, 'not_found')
  assertProblem(await call(api('/nothing'), 'GET'), 404, 'not_found')
  assertProblem(await call(`${stack.url}/v1/../../etc/passwd`, 'GET'), 404, 'not_found')
})

test('a room code works in any case and without dashes', async () => {
  for (const code of [
    room.room.toUpperCase(),
    room.room.replaceAll('-', ''),
    room.room.replaceAll('0', 'o'),
  ]) {
    const seen = await call<RoomView>(api(`/rooms/${encodeURIComponent(code)}`), 'GET')
    assert.deepEqual([seen.status, seen.body.room, seen.body.title], [200, room.room, 'Monday'])
  }
})

test('rejoin tickets that are foreign, forged, expired or of another room are refused', async () => {
  const joined = (await join(stack.url, room.room)).body
  const rejoin = (code: string, ticket: string) =>
    call(api(`/rooms/${code}/rejoin`), 'POST', { body: { ticket } })
  const again = await rejoin(room.room, joined.rejoinTicket)
  assert.equal(again.status, 200)
  assert.equal((again.body as unknown as JoinAnswer).identity, joined.identity)

  const other = await createRoom(stack.url)
  assertProblem(await rejoin(other.room, joined.rejoinTicket), 403, 'rejoin_refused')
  const [head = '', body = '', tail = ''] = joined.rejoinTicket.split('.')
  const promoted = Buffer.from(JSON.stringify({ ...claims(joined.rejoinTicket), role: 'host' })).toString(
    'base64url',
  )
  const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')
  const foreignSignature = createHmac('sha256', 'x'.repeat(32)).update(`${head}.${body}`).digest('base64url')
  for (const ticket of [
    `${head}.${promoted}.${tail}`,
    `${none}.${body}.`,
    `${head}.${body}.${foreignSignature}`,
    // A token for the node is not a ticket for the control plane.
    joined.participantToken,
    'x',
  ])
    assertProblem(await rejoin(room.room, ticket), 403, 'rejoin_refused')
})

/** Reserved on all nodes, over their capacity. */
async function reserved(): Promise<number> {
  const nodes = await call<NodePage>(api('/nodes'), 'GET', { bearer: stack.operatorKey })
  return nodes.body.nodes.reduce((sum, node) => sum + node.reserved, 0)
}

test('host rights come only with the host link; a wrong key is refused', async () => {
  const guest = (await join(stack.url, room.room)).body
  const host = (await join(stack.url, room.room, { name: 'Hanna', hostKey: room.hostKey })).body
  assert.equal(guest.role, 'guest')
  assert.equal(host.role, 'host')
  assert.equal((claims(guest.participantToken)['video'] as { roomAdmin?: boolean }).roomAdmin, undefined)
  assert.equal((claims(host.participantToken)['video'] as { roomAdmin?: boolean }).roomAdmin, true)
  assertProblem(await join(stack.url, room.room, { name: 'Eve', hostKey: 'wrong' }), 403, 'host_key_refused')
  const untouched = await createRoom(stack.url)
  const before = await reserved()
  const eve = { name: 'Eve', hostKey: 'wrong' }
  assertProblem(await join(stack.url, untouched.room, eve), 403, 'host_key_refused')
  assert.equal(await reserved(), before, 'a wrong key places nothing')
  assert.equal((await join(stack.url, untouched.room)).status, 200)
  assert.ok((await reserved()) > before, 'a join does')
  for (const bearer of [guest.participantToken, guest.rejoinTicket, host.participantToken, 'wrong', ''])
    assertProblem(await call(api(`/rooms/${room.room}`), 'DELETE', { bearer }), 403, 'host_key_refused')
})

test('a token is for one room, one identity, two minutes', async () => {
  const joined = (await join(stack.url, room.room)).body
  const token = claims(joined.participantToken)
  const video = token['video'] as Record<string, unknown>
  assert.equal(video['room'], joined.roomName)
  assert.match(joined.roomName, /^[0-9a-z]{16}~1$/)
  assert.equal(token['sub'], joined.identity)
  assert.ok(Number(token['exp']) - Date.now() / 1000 <= 121)
  assert.equal(token['iss'], 'key-n1')
  for (const right of [
    'roomCreate',
    'roomList',
    'roomRecord',
    'ingressAdmin',
    'hidden',
    'recorder',
    'canUpdateOwnMetadata',
  ])
    assert.ok(!video[right], right)
})

test('enrolment with a wrong key, no key, a key for something else or impossible fields is refused', async () => {
  const agent = agentFor(stack.url, 'wrong-wrong-wrong-wrong-wrong', { node: 'n9' })
  assertProblem(await agent.enrol(), 401, 'enrolment_refused')
  for (const bearer of ['', stack.operatorKey, stack.metricsKey])
    assertProblem(
      await call(api('/nodes/enrol'), 'POST', { bearer, body: agent.enrolment }),
      401,
      'enrolment_refused',
    )
  // A caller without the key does not learn what would be valid.
  assertProblem(await call(api('/nodes/enrol'), 'POST', { body: { x: 1 } }), 401, 'enrolment_refused')
  for (const change of [
    { node: 'N 9' },
    { node: '../n9' },
    { node: 'a'.repeat(64) },
    { site: '' },
    { url: 'https://x' },
    { url: 'ws://user:pw@host' },
    { url: 'ws://host/path?token=1' },
    { apiSecret: 'short' },
    { nodeSecret: 'short' },
  ]) {
    const answer = await call(api('/nodes/enrol'), 'POST', {
      bearer: stack.enrolmentKey,
      body: { ...agent.enrolment, ...change },
    })
    assertProblem(answer, 400, 'invalid_request')
  }
})

test('reports with impossible numbers, of unknown nodes or with a wrong secret are refused', async () => {
  const agent = await servingAgent(stack.url, stack.enrolmentKey, { node: 'n2' })
  const load = { cpuCores: 1, egressBytesPerSec: 1, packetsPerSec: 1, tracks: 1 }
  const capacity = { cpuCores: 2, egressBytesPerSec: 1, packetsPerSec: 1, tracks: 400 }
  const host = { cpuBusy: 0, cpuSteal: 0, memoryUsedBytes: 0, memoryLimitBytes: 0 }
  for (const change of [
    { load: { ...load, cpuCores: -1 } },
    { load: { ...load, tracks: 1e300 } },
    { host: { ...host, cpuBusy: 1.5 } },
    { seq: 0 },
    { seq: 1.5 },
    { livekit: { up: true, rooms: [{ name: 'x~1', participants: -5, tracks: 0 }] } },
  ])
    assertProblem(await agent.report(change), 400, 'invalid_request')
  assertProblem(await agent.report({ load: { ...load, cpuCores: 50 }, capacity }), 422, 'impossible_report')
  assertProblem(await agent.report({ capacity: { ...capacity, tracks: 0 } }), 422, 'impossible_report')
  // Names that are not Levee's do no harm.
  const odd = await agent.report({
    livekit: {
      up: true,
      rooms: ['', '~', 'x', '{lv}:nodes', 'abc~-1', 'a~99999999999999999999', `${'z'.repeat(100)}~1`].map(
        (name) => ({ name, participants: 1, tracks: 1 }),
      ),
    },
  })
  assert.equal(odd.status, 200)
  const unknown = agentFor(stack.url, stack.enrolmentKey, { node: 'unknown' })
  assertProblem(await unknown.report(), 401, 'node_unauthorized')
  const impostor = { ...agentFor(stack.url, stack.enrolmentKey, { node: 'n2' }) }
  assertProblem(await impostor.report(), 401, 'node_unauthorized')
  assert.equal((await agent.report()).status, 200)
})

test('operator routes need the operator; a session cookie works and a forged one does not', async () => {
  const routes: [string, string][] = [
    ['GET', '/fleet'],
    ['GET', '/nodes'],
    ['GET', '/sites'],
    ['POST', '/nodes/n1/cordon'],
    ['POST', '/nodes/n1/uncordon'],
    ['POST', '/nodes/n1/drain'],
  ]
  for (const [method, path] of routes) {
    assertProblem(await call(api(path), method), 401, 'operator_required')
    assertProblem(await call(api(path), method, { bearer: stack.enrolmentKey }), 401, 'operator_required')
    assertProblem(
      await call(api(path), method, { headers: { cookie: 'levee_operator=x.y.z' } }),
      401,
      'operator_required',
    )
  }
  assertProblem(
    await call(api('/operator/session'), 'POST', { body: { key: 'wrong' } }),
    401,
    'operator_required',
  )
  const signedIn = await call(api('/operator/session'), 'POST', { body: { key: stack.operatorKey } })
  assert.equal(signedIn.status, 204)
  const cookie = signedIn.headers.get('set-cookie') ?? ''
  assert.match(cookie, /HttpOnly/)
  assert.match(cookie, /SameSite=Strict/)
  assert.equal(
    (await call(api('/fleet'), 'GET', { headers: { cookie: cookie.split(';')[0] ?? '' } })).status,
    200,
  )
  assertProblem(
    await call(api('/nodes/none/cordon'), 'POST', { bearer: stack.operatorKey }),
    404,
    'node_not_found',
  )
})

test('metrics need their key and contain no secret', async () => {
  assertProblem(await call(`${stack.url}/metrics`, 'GET'), 401, 'metrics_key_required')
  const metrics = await call<string>(`${stack.url}/metrics`, 'GET', { bearer: stack.metricsKey })
  assert.equal(metrics.status, 200)
  assert.match(metrics.body, /levee_joins_total\{answer="joined"\} [1-9]/)
  assert.match(metrics.body, /levee_store_up 1/)
  assertNoSecrets(metrics.body)
})

test('a request that is not HTTP, and one that never ends, do not harm the replica', async () => {
  const port = Number(new URL(stack.url).port)
  await new Promise<void>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('\u0016\u0003\u0001 nonsense\r\n\r\n'))
    socket.on('data', () => {})
    socket.on('close', () => resolve())
    socket.on('error', () => resolve())
  })
  assert.equal((await join(stack.url, room.room)).status, 200)
})

test('the OpenAPI description lists every route of /v1 and every problem code', async () => {
  const doc = (await call<{ paths: Record<string, object> }>(`${stack.url}/openapi.json`, 'GET')).body
  for (const path of [
    '/v1/rooms',
    '/v1/rooms/{room}',
    '/v1/rooms/{room}/join',
    '/v1/rooms/{room}/rejoin',
    '/v1/nodes/enrol',
    '/v1/nodes/{node}/report',
    '/v1/fleet',
    '/v1/nodes',
    '/v1/sites',
    '/v1/nodes/{node}/drain',
    '/livez',
    '/readyz',
    '/metrics',
  ])
    assert.ok(doc.paths[path], path)
  for (const code of Object.keys(PROBLEMS)) assert.ok(JSON.stringify(doc).includes(`"${code}"`), code)
})

test('the log of a replica has no secret and no room code, even at debug level', () => {
  const log = readFileSync(joinPath(stack.dataDir, 'logs', 'control-plane.log'), 'utf8')
  assert.match(log, /"msg":"joined"/)
  assertNoSecrets(log)
})

function assertNoSecrets(text: string): void {
  const secrets = [
    stack.operatorKey,
    stack.enrolmentKey,
    stack.metricsKey,
    stack.secrets.masterKey,
    room.hostKey,
    room.room,
    room.room.replaceAll('-', ''),
  ]
  for (const secret of secrets) assert.ok(!text.includes(secret))
  assert.doesNotMatch(text, /eyJ[A-Za-z0-9_-]{10,}\.eyJ/)
}

function claims(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as Record<
    string,
    unknown
  >
}

// Last, because it enrols nodes that take no rooms.
test('a report with half a character in a room name is refused, and no other report with it', async () => {
  const others = await Promise.all(
    Array.from({ length: 6 }, (_, i) =>
      servingAgent(stack.url, stack.enrolmentKey, { node: `beside-${i}`, tracks: 1 }),
    ),
  )
  const bad = await servingAgent(stack.url, stack.enrolmentKey, { node: 'garbled', tracks: 1 })
  const good = { livekit: { up: true, rooms: null } }
  const [refused, ...accepted] = await Promise.all([
    bad.report({ livekit: { up: true, rooms: [{ name: 'a\ud800~1', participants: 1, tracks: 1 }] } }),
    ...others.map((other) => other.report(good)),
  ])
  assertProblem(refused, 400, 'invalid_request')
  assert.deepEqual(
    accepted.map(({ status }) => status),
    others.map(() => 200),
  )
  const named = { name: 'Straße 😀~1', participants: 1, tracks: 1 }
  assert.equal((await bad.report({ livekit: { up: true, rooms: [named] } })).status, 200)
})
