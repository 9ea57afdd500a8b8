/** The listener's own answers without a control plane; LiveKit is a list of room names here. */
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import type { CreatedRoom, JoinAnswer, Problem, RoomView } from '@levee/control-plane/contract'
import { TokenVerifier } from 'livekit-server-sdk'
import { pino } from 'pino'
import { admission, type Admission } from '../../src/offline/admission.ts'
import { openJournal, type Journal } from '../../src/offline/journal.ts'
import type { ListenerConfig } from '../../src/config.ts'
import { startListener } from '../../src/offline/listener/listener.ts'
import { controlPlaneProxy } from '../../src/offline/listener/proxy.ts'
import { controlPlaneLink, type ControlPlaneLink } from '../../src/offline/control-plane-link.ts'
import { livezProbe } from '../../src/offline/probe.ts'
import { roomEpochs } from '../../src/offline/room-epochs.ts'
import { offlineRooms, type OfflineRooms } from '../../src/offline/offline-rooms.ts'
import { grantText } from '../support/grant-text.ts'
import { API_KEY, API_SECRET, freePort, tempDir } from '../support/workplace.ts'

const CODE = 'k7qm-9w2xp-4tzrd'
const OWN = {
  node: 'branch-1',
  site: 'branch',
  url: 'wss://branch-1.example.org',
  apiKey: API_KEY,
  apiSecret: API_SECRET,
}
const LOAD = { cpuCores: 1, egressBytesPerSec: 1, packetsPerSec: 1, tracks: 1 }

/** Listeners and links to be closed after each test. */
const opened: { close(): Promise<void> }[] = []
let link: ControlPlaneLink
let journal: Journal
let admit: Admission
let live: string[]
let closed: string[]
let output: string[]
let url: string
let rooms: OfflineRooms

const open = async (
  config: Partial<ListenerConfig> = {},
  grant = grantText({ node: 'branch-1', forSec: 60 }),
) => {
  const port = await freePort()
  url = `http://127.0.0.1:${port}`
  const log = pino({ level: 'debug' }, { write: (text: string) => output.push(text) })
  journal = await openJournal({ stateDir: await tempDir(), node: 'branch-1', log })
  if (grant) journal.setGrant(grant)
  const unreachable = new URL(`http://127.0.0.1:${await freePort()}/`)
  link = controlPlaneLink({ probe: livezProbe(unreachable), log })
  const { stop } = link
  opened.push({ close: async () => stop() })
  const epochs = roomEpochs({ journal, listRooms: async () => live })
  admit = admission({ joinsPerSec: 1_000 })
  rooms = offlineRooms({
    own: OWN,
    journal,
    epochs,
    admission: admit,
    closeRoom: async (name) => closed.push(name) > 0,
    log,
  })
  const listener = await startListener({
    config: {
      host: '127.0.0.1',
      port,
      webDir: undefined,
      publicUrl: undefined,
      trustedProxies: [],
      cspConnect: [],
      ...config,
    },
    own: OWN,
    link,
    proxy: controlPlaneProxy({ url: unreachable, link, loopGuard: ['x-levee-listener', 'x'] }),
    rooms,
    onAnswer: () => {},
    log,
  })
  opened.push(listener)
}
const closeAll = () => Promise.all(opened.splice(0).map((one) => one.close()))
beforeEach(() => {
  live = []
  closed = []
  output = []
})
afterEach(closeAll)

type Answer<T> = { status: number; headers: Headers; text: string; body: T & Problem }
async function call<T>(
  path: string,
  method = 'GET',
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer<T>> {
  const reply = await fetch(`${url}${path}`, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await reply.text()
  const isJson = reply.headers.get('content-type')?.includes('json') ?? false
  return {
    status: reply.status,
    headers: reply.headers,
    text,
    body: (isJson ? JSON.parse(text) : {}) as T & Problem,
  }
}
const joinAt = (room: string, body: object = { name: 'Ada' }) =>
  call<JoinAnswer>(`/v1/rooms/${room}/join`, 'POST', body)
const rejoin = (room: string, ticket: string) =>
  call<JoinAnswer>(`/v1/rooms/${room}/rejoin`, 'POST', { ticket })
const create = (body: object = {}, headers?: Record<string, string>) =>
  call<CreatedRoom>('/v1/rooms', 'POST', body, headers)
const refused = (
  answer: { status: number; body: Problem; headers: Headers },
  status: number,
  code: string,
) => {
  assert.deepEqual([answer.status, answer.body.code, answer.body.status], [status, code, status])
  assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/)
  assert.ok(answer.body.requestId && answer.body.title && answer.body.detail)
}

test('the link of any meeting: an empty title, and access with the least rights that work', async () => {
  await open()
  const view = await call<RoomView>(`/v1/rooms/${CODE.toUpperCase()}`)
  assert.deepEqual([view.status, view.body.room, view.body.title, view.body.sites], [200, CODE, '', []])
  const access = (
    await joinAt(CODE, { name: '  Ada\u202E  L. ', hostKey: 'of a meeting started elsewhere', site: 'hq' })
  ).body
  assert.partialDeepStrictEqual(access, {
    serverUrl: OWN.url,
    node: 'branch-1',
    site: 'branch',
    name: 'Ada L.',
    role: 'guest',
    title: '',
    standby: null,
  })
  assert.match(access.roomName, /^[0-9a-z]{16}~\d{10}$/)
  const claims = await new TokenVerifier(API_KEY, API_SECRET).verify(access.participantToken)
  assert.deepEqual(claims.video, {
    roomJoin: true,
    room: access.roomName,
    canPublish: true,
    canSubscribe: true,
    canPublishData: true,
    canUpdateOwnMetadata: false,
  })
  assert.deepEqual(
    [claims.sub, claims.name, claims.attributes],
    [access.identity, 'Ada L.', { role: 'guest' }],
  )
  assert.ok((claims.exp ?? 0) - Date.now() / 1_000 <= 120)
  assert.ok(output.every((text) => !text.includes(CODE) && !text.includes('k7qm')))
})

test('a meeting that was started here: its host, its title, and its end', async () => {
  await open({ publicUrl: 'https://meet.example.org' })
  const created = (await create({ title: 'Cut off', expiresInSec: 3_600 })).body
  assert.equal(created.joinUrl, `https://meet.example.org/m/${created.room}`)
  assert.equal(created.hostUrl, `${created.joinUrl}#host=${created.hostKey}`)
  assert.equal((await call<RoomView>(`/v1/rooms/${created.room}`)).body.title, 'Cut off')
  refused(await joinAt(created.room, { name: 'Eve', hostKey: 'guessed' }), 403, 'host_key_refused')
  const host = (await joinAt(created.room, { name: 'Ada', hostKey: created.hostKey })).body
  const guest = (await joinAt(created.room)).body
  assert.deepEqual([host.role, guest.role, host.title], ['host', 'guest', 'Cut off'])
  assert.equal(host.roomName, guest.roomName)
  const claims = await new TokenVerifier(API_KEY, API_SECRET).verify(host.participantToken)
  assert.equal(claims.video?.roomAdmin, true)
  const again = (await rejoin(created.room, host.rejoinTicket)).body
  assert.deepEqual([again.identity, again.role, again.roomName], [host.identity, 'host', host.roomName])

  live.push(host.roomName, 'another~1')
  const end = (key: string, room = created.room) =>
    call(`/v1/rooms/${room}`, 'DELETE', undefined, { authorization: `Bearer ${key}` })
  refused(await end('guessed'), 403, 'host_key_refused')
  refused(await end(created.hostKey, CODE), 503, 'store_unavailable')
  assert.equal((await end(created.hostKey)).status, 204)
  assert.deepEqual(closed, [host.roomName])
  for (const answer of [
    await joinAt(created.room),
    await call(`/v1/rooms/${created.room}`),
    await rejoin(created.room, guest.rejoinTicket),
  ])
    refused(answer, 404, 'room_not_found')
  assert.ok(output.every((text) => !text.includes(created.hostKey) && !text.includes(created.room)))
})

test('links carry the origin that the browser sees, as a trusted proxy forwards it', async () => {
  const headers = { 'x-forwarded-host': 'meet.example.org', 'x-forwarded-proto': 'https' }
  await open({ trustedProxies: ['127.0.0.1'] })
  assert.match((await create({}, headers)).body.joinUrl, /^https:\/\/meet\.example\.org\/m\//)
  await open()
  assert.ok((await create({}, headers)).body.joinUrl.startsWith(`${url}/m/`))
})

test('tickets of another meeting, altered ones, and those of another node are refused', async () => {
  await open()
  const { rejoinTicket } = (await joinAt(CODE)).body
  refused(await rejoin('0000-00000-00000', rejoinTicket), 403, 'rejoin_refused')
  refused(await rejoin(CODE, `${rejoinTicket}x`), 403, 'rejoin_refused')
  // From the control plane for another node: possibly valid, but it cannot be checked here.
  refused(await rejoin(CODE, 'a.b.c~seal'), 503, 'store_unavailable')
  refused(await call(`/v1/rooms/${CODE}/rejoin`, 'POST', {}), 400, 'invalid_request')
})

test('without a valid grant everything is refused with a sentence; a grant for joining allows no new meetings', async () => {
  for (const grant of ['', grantText({ node: 'branch-1', forSec: -1 })]) {
    await open({}, grant)
    for (const answer of [
      await joinAt(CODE),
      await create(),
      await call(`/v1/rooms/${CODE}`),
      await rejoin(CODE, 'x'),
    ]) {
      refused(answer, 503, 'store_unavailable')
      assert.match(answer.body.detail, /head office cannot be reached/)
      assert.equal(answer.headers.get('retry-after'), '5')
    }
  }
  await open({}, grantText({ node: 'branch-1', forSec: 60, may: 'join' }))
  assert.equal((await joinAt(CODE)).status, 200)
  refused(await create(), 503, 'store_unavailable')
})

test('invalid codes and bodies are refused as by the control plane', async () => {
  await open()
  refused(await call('/v1/rooms/not-a-code'), 404, 'room_not_found')
  refused(await joinAt('not-a-code'), 404, 'room_not_found')
  refused(await call(`/v1/rooms/${CODE}/join`, 'POST', '{'), 400, 'malformed_request')
  refused(await call(`/v1/rooms/${CODE}/join`, 'POST', '[]'), 400, 'invalid_request')
  for (const [body, field] of [
    [{}, '/name'],
    [{ name: '' }, '/name'],
    [{ name: 'x'.repeat(65) }, '/name'],
    [{ name: '\u202E' }, '/name'],
    [{ name: 'Ada', constructor: 1 }, '/constructor'],
    [{ name: 'Ada', hostKey: 7 }, '/hostKey'],
    [{ name: 'Ada', site: 'Köln' }, '/site'],
  ] as const) {
    const answer = await joinAt(CODE, body)
    refused(answer, 400, 'invalid_request')
    assert.equal(answer.body.errors?.[0]?.field, field)
  }
  assert.equal((await joinAt(CODE, { name: `A${'🙂'.repeat(63)}` })).status, 200)
  for (const body of [
    { title: 'x'.repeat(121) },
    { expiresInSec: 0 },
    { expectedParticipants: 1 },
    { startsAt: 'soon' },
  ])
    refused(await create(body), 400, 'invalid_request')
  refused(await create({ tenant: 'acme' }), 503, 'store_unavailable')
  refused(await create({ title: 'x'.repeat(70_000) }), 413, 'payload_too_large')
})

test('a full node refuses joins but no rejoins; joins beyond its rate are refused as busy', async () => {
  await open()
  const { rejoinTicket } = (await joinAt(CODE)).body
  const capacity = { ...LOAD, tracks: 100 }
  admit.setReading({
    capacity,
    load: { ...LOAD, cpuCores: 0.5, egressBytesPerSec: 0, packetsPerSec: 0, tracks: 91 },
  })
  refused(await joinAt(CODE), 503, 'node_full')
  // A failed reading is not zero.
  admit.setReading({ capacity, load: null })
  refused(await joinAt(CODE), 503, 'node_full')
  assert.equal((await rejoin(CODE, rejoinTicket)).status, 200)

  let nowMs = 5_000
  const busy = admission({ joinsPerSec: undefined, nowMs: () => nowMs })
  busy.setReading({ capacity: { ...LOAD, cpuCores: 0.1 }, load: null })
  const answers = Array.from({ length: 6 }, () => busy.admit('join'))
  assert.deepEqual(answers, ['admitted', 'admitted', 'admitted', 'admitted', 'admitted', 'node_busy'])
  assert.equal(busy.admit('rejoin'), 'admitted')
  nowMs += 1_000
  assert.equal(busy.admit('join'), 'admitted')
})

test('all other requests need the head office', async () => {
  await open()
  for (const [path, method] of [
    ['/v1/fleet', 'GET'],
    ['/v1/sites/x', 'PUT'],
    ['/v1/nodes/enrol', 'POST'],
    ['/v1/operator/session', 'POST'],
    [`/v1/rooms/${CODE}/standby`, 'PUT'],
    ['/livez', 'GET'],
  ] as const)
    refused(await call(path, method, method === 'GET' ? undefined : {}), 503, 'store_unavailable')
})

test('the client is served as the control plane serves it: its files, its page for all its paths, nothing outside its folder', async () => {
  const webDir = join(await tempDir(), 'dist')
  await mkdir(join(webDir, 'assets'), { recursive: true })
  await writeFile(join(webDir, 'index.html'), '<!doctype html><title>Levee</title>')
  await writeFile(join(webDir, 'assets', 'main-1a2b.js'), 'start()')
  await writeFile(join(webDir, '..', 'secret'), 'secret')
  await open({ webDir, publicUrl: 'https://meet.example.org' })
  for (const path of ['/', `/m/${CODE}`, '/ops']) {
    const page = await call(path)
    assert.match(page.text, /<title>Levee/)
    assert.equal(page.headers.get('cache-control'), 'no-cache')
    const policy = page.headers.get('content-security-policy') ?? ''
    assert.match(policy, /default-src 'none'/)
    assert.match(
      policy,
      /connect-src 'self' wss:\/\/branch-1\.example\.org https:\/\/branch-1\.example\.org;/,
    )
    assert.match(page.headers.get('permissions-policy') ?? '', /microphone=\(self\)/)
    assert.ok(page.headers.get('strict-transport-security'))
  }
  const script = await call('/assets/main-1a2b.js')
  assert.equal(script.text, 'start()')
  assert.match(script.headers.get('content-type') ?? '', /javascript/)
  assert.match(script.headers.get('cache-control') ?? '', /immutable/)
  for (const path of ['/..%2fsecret', '/%2e%2e/secret', '/assets/..%2f..%2fsecret'])
    assert.ok(!(await call(path)).text.includes('secret'))
  refused(await call('/assets/other.js'), 503, 'store_unavailable')
  for (const path of ['/nowhere', '//nowhere']) {
    refused(await call(path), 503, 'store_unavailable')
    const missing = await call(path, 'GET', undefined, { accept: 'text/html,*/*' })
    assert.equal(missing.status, 404, path)
    assert.match(missing.text, /<title>Levee/)
    assert.equal(missing.headers.get('cache-control'), 'no-store')
    assert.match(missing.headers.get('content-security-policy') ?? '', /default-src 'none'.*style-src 'self'/)
  }
  refused(await call('/v1/nothing', 'GET', undefined, { accept: 'text/html,*/*' }), 503, 'store_unavailable')
  const api = await call(`/v1/rooms/${CODE}`)
  assert.match(
    api.headers.get('content-security-policy') ?? '',
    /^default-src 'none';frame-ancestors 'none'$/,
  )
  assert.equal(api.headers.get('cache-control'), 'no-store')
})

test('without a client a plain page is served', async () => {
  const page = { accept: 'text/html,*/*' }
  await open()
  const answer = await call(`/m/${CODE}`, 'GET', undefined, page)
  assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '5'])
  assert.match(answer.text, /head office cannot be reached/)
  refused(await call('/assets/main.js'), 503, 'store_unavailable')
})

test('a web folder without a client is an error at the start', async () => {
  await assert.rejects(open({ webDir: await tempDir() }), /LEVEE_LISTENER_WEB_DIR holds no index\.html/)
})

test('too many requests from one address are limited; rejoins are counted per participant', async () => {
  await open()
  for (let i = 0; i < 120; i++) assert.equal((await create()).status, 201)
  const answer = await create()
  refused(answer, 429, 'rate_limited')
  assert.equal(answer.headers.get('retry-after'), '5')
  const [ada, bea] = [(await joinAt(CODE)).body, (await joinAt(CODE)).body]
  for (let i = 0; i < 150; i++) assert.equal((await rejoin(CODE, ada.rejoinTicket)).status, 200)
  refused(await rejoin(CODE, ada.rejoinTicket), 429, 'rate_limited')
  assert.equal((await rejoin(CODE, bea.rejoinTicket)).status, 200)
})
