/** A branch loses its link and gets it back: real control plane, Redis, LiveKit and agent; the link is a TCP proxy. */
import { OFFLINE_EPOCHS } from '@levee/control-plane/protocol/epochs'
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { CreatedRoom, JoinAnswer, Problem, RoomView } from '@levee/control-plane/contract'
import { RoomServiceClient } from 'livekit-server-sdk'
import { type CuttableProxy, startCuttableProxy } from '../../../deploy/stack/network/cuttable-proxy.ts'
import { startStack, type Stack } from '../../../deploy/stack/stack.ts'
import { enter, type Person } from '../support/person.ts'
import { agentEnv, runAgent, type Agent } from '../support/agent.ts'
import { startLivekit, type Livekit } from '../support/livekit.ts'
import { API_KEY, API_SECRET, freePort, tempDir, until } from '../support/workplace.ts'

const settings = { ranges: [], fallback: [], boundary: 'soft', spare: 'none' }

let stack: Stack
let livekit: Livekit
let line: CuttableProxy
let env: Record<string, string>
let agent: Agent
let listener: string
let api: RoomServiceClient
/** Participants; they leave before the next test. */
const people: Person[] = []

before(async () => {
  stack = await startStack({ nodes: [{ id: 'hq-1', site: 'hq' }] })
  livekit = await startLivekit()
  line = await startCuttableProxy(stack.url)
  api = new RoomServiceClient(livekit.url, API_KEY, API_SECRET)
  const listenerPort = await freePort()
  listener = `http://127.0.0.1:${listenerPort}`
  env = await agentEnv(
    {
      controlPlaneUrl: line.url,
      livekitUrl: livekit.url,
      metricsUrl: livekit.metricsUrl,
      stateDir: await tempDir(),
    },
    {
      LEVEE_ENROLMENT_KEY: stack.enrolmentKey,
      LEVEE_NODE_ID: 'branch-1',
      LEVEE_SITE: 'branch',
      LEVEE_NODE_URL: livekit.url.replace('http', 'ws'),
      LEVEE_LISTENER_PORT: String(listenerPort),
      LEVEE_CPU_SCOPE: 'process',
    },
  )
  agent = await runAgent(env)
  await until('the branch serving', async () => (await nodeNow())?.status === 'serving')
})
after(async () => {
  await line?.cut()
  await stack?.stop()
})

type Answer<T> = { status: number; body: T & Problem }
async function ask<T>(url: string, method = 'GET', body?: object, bearer?: string): Promise<Answer<T>> {
  const reply = await fetch(url, {
    method,
    headers: {
      ...(body && { 'content-type': 'application/json' }),
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
    },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await reply.text()
  return { status: reply.status, body: (text === '' ? {} : JSON.parse(text)) as T & Problem }
}
const nodeNow = async () => {
  const { body } = await ask<{ nodes: { node: string; status: string; rooms: number }[] }>(
    `${stack.url}/v1/fleet`,
    'GET',
    undefined,
    stack.operatorKey,
  )
  return body.nodes.find(({ node }) => node === 'branch-1')
}
const create = (at: string, body: object = {}) => ask<CreatedRoom>(`${at}/v1/rooms`, 'POST', body)
const view = (at: string, room: string) => ask<RoomView>(`${at}/v1/rooms/${room}`)
const joinAt = (at: string, room: string, hostKey?: string) =>
  ask<JoinAnswer>(`${at}/v1/rooms/${room}/join`, 'POST', {
    name: 'Ada',
    ...(hostKey !== undefined && { hostKey }),
  })
const rejoinAt = (at: string, room: string, ticket: string) =>
  ask<JoinAnswer>(`${at}/v1/rooms/${room}/rejoin`, 'POST', { ticket })
/** Joins and connects: the token works. */
const joinAndConnect = async (at: string, room: string, hostKey?: string) => {
  const { status, body } = await joinAt(at, room, hostKey)
  assert.equal(status, 200, body.detail)
  return { access: body, person: await connectTo(body) }
}
const connectTo = async (access: JoinAnswer): Promise<Person> => {
  const person = await enter(access.serverUrl, access.participantToken)
  people.push(person)
  return person
}
const isHere = (person: Person) =>
  Promise.race([
    person.gone.then(() => false),
    new Promise<boolean>((resolve) => setImmediate(resolve, true)),
  ])
const leaveAll = () => people.splice(0).forEach((person) => person.leave())
const metric = async (series: string) => {
  const text = await (await fetch(`${agent.url}/metrics`)).text()
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.split(' ')[1],
  )
}
const isOffline = async () => (await metric('levee_agent_control_plane_link_down')) === 1
const kept = async () => readFile(join(env['LEVEE_STATE_DIR'] ?? '', 'branch-1.offline.json'), 'utf8')

async function mend() {
  await line.restore()
  await until('the link up again', async () => !(await isOffline()))
}

test('offline without a grant: joins are refused with the reason; the control plane answers before and after', async () => {
  assert.equal((await ask(`${listener}/livez`)).status, 200)
  assert.equal((await ask(`${listener}/v1/fleet`)).body.code, 'operator_required')
  const { room } = (await create(listener, { site: 'branch' })).body
  assert.equal((await view(listener, room)).status, 200)
  await line.cut()
  const refused = await joinAt(listener, room)
  assert.deepEqual([refused.status, refused.body.code], [503, 'store_unavailable'])
  assert.match(refused.body.detail, /not allowed to let people into meetings/)
  assert.equal(await isOffline(), true)
  await mend()
  assert.equal((await joinAt(listener, room)).status, 200)
})

test('the grant comes with a report, is stored, and is not requested again', async () => {
  const set = await ask(
    `${stack.url}/v1/sites/branch`,
    'PUT',
    { ...settings, offline: 'start' },
    stack.operatorKey,
  )
  assert.equal(set.status, 204)
  await until('the grant on disk', async () => (await kept()).includes('"grant"'))
  const before = await kept()
  const reports = () => metric('levee_agent_reports_total{outcome="ok"}')
  const already = await reports()
  await until('two more reports', async () => (await reports()) >= already + 2)
  // A newly signed grant would contain another time.
  assert.equal(await kept(), before)
})

test('offline: a running meeting goes on, its link works in the branch, its host rejoins as host', async () => {
  const created = (await create(listener, { title: 'Daily', site: 'branch' })).body
  const host = await joinAndConnect(listener, created.room, created.hostKey)
  assert.deepEqual([host.access.node, host.access.role, host.access.title], ['branch-1', 'host', 'Daily'])
  assert.ok(host.access.epoch < OFFLINE_EPOCHS)
  await line.cut()
  const late = await joinAndConnect(listener, created.room)
  assert.deepEqual([late.access.roomName, late.access.epoch], [host.access.roomName, host.access.epoch])
  assert.ok(late.access.identity !== host.access.identity)
  const again = (await rejoinAt(listener, created.room, host.access.rejoinTicket)).body
  assert.deepEqual(
    [again.identity, again.role, again.roomName],
    [host.access.identity, 'host', host.access.roomName],
  )
  await connectTo(again)
  assert.ok(await isHere(late.person))
  assert.equal((await view(listener, created.room)).body.title, '')
  await mend()
  const back = (await rejoinAt(listener, created.room, late.access.rejoinTicket)).body
  assert.deepEqual(
    [back.identity, back.epoch, back.title],
    [late.access.identity, host.access.epoch, 'Daily'],
  )
  assert.ok(await isHere(late.person))
  leaveAll()
})

test('offline: a meeting is started, fifty joins get one room, also across a restart; back online the control plane knows it', async () => {
  await line.cut()
  const created = await create(listener, { title: 'Cut off' })
  assert.equal(created.status, 201, created.body.detail)
  const { room, hostKey } = created.body
  const crowd = await Promise.all(Array.from({ length: 50 }, () => joinAt(listener, room)))
  assert.deepEqual(new Set(crowd.map(({ status }) => status)), new Set([200]))
  const names = new Set(crowd.map(({ body }) => body.roomName))
  assert.equal(names.size, 1)
  const [first, second] = crowd
  assert.ok(first && second && first.body.epoch >= OFFLINE_EPOCHS)

  // It has no participants yet: only the disk has the assignment.
  await agent.stop()
  agent = await runAgent(env)
  const later = await until('the listener open again', () => joinAt(listener, room, hostKey))
  assert.deepEqual(
    [later.body.roomName, later.body.role, later.body.title],
    [first.body.roomName, 'host', 'Cut off'],
  )
  const person = await connectTo(first.body)
  await connectTo(later.body)
  assert.deepEqual(
    (await api.listRooms()).map(({ name }) => name).filter((name) => names.has(name)),
    [first.body.roomName],
  )
  assert.equal((await view(stack.url, room)).status, 404)

  await line.restore()
  await until(
    'the title on the control plane',
    async () => (await view(stack.url, room)).body.title === 'Cut off',
  )
  const { body: there } = await joinAt(stack.url, room, hostKey)
  assert.deepEqual([there.node, there.epoch, there.role], ['branch-1', first.body.epoch, 'host'])
  await until('the link up again', async () => !(await isOffline()))
  const back = (await rejoinAt(listener, room, first.body.rejoinTicket)).body
  assert.deepEqual([back.identity, back.epoch], [first.body.identity, first.body.epoch])
  assert.ok(await isHere(person))
  // Handed over once: the control plane has its record now.
  const { rooms: rest } = JSON.parse(await kept()) as { rooms: { state: string }[] }
  assert.deepEqual(
    rest.map(({ state }) => state),
    ['synced'],
  )
  leaveAll()
})

test('a meeting that went on on both sides becomes one again', async () => {
  const { room } = (await create(stack.url, { site: 'hq' })).body
  const there = await joinAndConnect(stack.url, room)
  assert.equal(there.access.node, 'hq-1')
  await until('the room in its report', async () => {
    const { body } = await ask<{ nodes: { node: string; rooms: number }[] }>(
      `${stack.url}/v1/fleet`,
      'GET',
      undefined,
      stack.operatorKey,
    )
    return body.nodes.some(({ node, rooms }) => node === 'hq-1' && rooms > 0)
  })
  await line.cut()
  const here = await joinAndConnect(listener, room)
  assert.equal(here.access.node, 'branch-1')
  // For another node, which cannot be checked: not refused for good.
  const foreign = await rejoinAt(listener, room, there.access.rejoinTicket)
  assert.deepEqual([foreign.status, foreign.body.code], [503, 'store_unavailable'])
  await mend()
  await until('the message', () => here.person.asks().length > 0)
  const moved = (await rejoinAt(listener, room, here.access.rejoinTicket)).body
  assert.deepEqual([moved.node, moved.identity], ['hq-1', here.access.identity])
  await connectTo(moved)
  here.person.leave()
  await until('the end of the room in the branch', async () =>
    (await api.listRooms()).every(({ name }) => name !== here.access.roomName),
  )
  leaveAll()
})

test('invalid bodies get the same answer from the branch as from the control plane', async () => {
  const { room } = (await create(listener, { site: 'branch' })).body
  const bodies = [
    {},
    [],
    { name: '' },
    { name: 'x'.repeat(65) },
    { name: 7, hostKey: '', site: 'Köln', more: 1 },
    { name: '\u202E' },
  ]
  const rooms = [
    { title: 'x'.repeat(121), expectedParticipants: 1, expiresInSec: 0.5 },
    { startsAt: 'soon', more: 1 },
  ]
  const answers = async () => {
    const all = [
      ...bodies.map((body) => ask(`${listener}/v1/rooms/${room}/join`, 'POST', body)),
      ...rooms.map((body) => ask(`${listener}/v1/rooms`, 'POST', body)),
      ask(`${listener}/v1/rooms/${room}/rejoin`, 'POST', { ticket: '', lost: 'x' }),
    ]
    return (await Promise.all(all)).map(({ status, body }) => ({ ...body, status, requestId: '' }))
  }
  const online = await answers()
  await line.cut()
  const offline = await answers()
  assert.equal(await isOffline(), true)
  assert.deepEqual(offline, online)
  assert.deepEqual(new Set(online.map(({ code }) => code)), new Set(['invalid_request']))
  await mend()
})

test('a link that loses all packets counts as down as well', async () => {
  const { room } = (await create(listener, { site: 'branch' })).body
  line.blackhole()
  const startedAtMs = performance.now()
  const { status, body } = await joinAt(listener, room)
  const tookMs = performance.now() - startedAtMs
  assert.deepEqual([status, body.node], [200, 'branch-1'])
  assert.ok(tookMs < 4_000, `${tookMs} ms`)
  const againAtMs = performance.now()
  assert.equal((await joinAt(listener, room)).body.roomName, body.roomName)
  assert.ok(performance.now() - againAtMs < 500)
  await mend()
})

test('the control plane answers but its store is down: participants can still join in the branch', async () => {
  const { room } = (await create(listener, { site: 'branch' })).body
  const { access } = await joinAndConnect(listener, room)
  await until('the room in a report', async () => ((await nodeNow())?.rooms ?? 0) > 0)
  await stack.redis.stop()
  const late = await joinAt(listener, room)
  assert.deepEqual([late.status, late.body.roomName], [200, access.roomName])
  assert.equal(await isOffline(), false)
  await stack.redis.restart()
  leaveAll()
})

test('no secret is in the log', () => {
  assert.ok(agent.output().includes('the listener for the branch is open'))
  assert.ok(!agent.output().includes(API_SECRET))
  assert.doesNotMatch(agent.output(), /[0-9a-z]{4}-[0-9a-z]{5}-[0-9a-z]{5}|\/v1\/rooms\/[0-9a-z]/)
})
