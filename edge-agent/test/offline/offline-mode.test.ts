/** A branch whose line is cut and mended: real control plane, Redis, LiveKit and agent; the line is a TCP controlPlaneProxy. */
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
let door: string
let api: RoomServiceClient
/** Everybody who was let in; they leave before the next test. */
const people: Person[] = []

before(async () => {
  stack = await startStack({ nodes: [{ id: 'hq-1', site: 'hq' }] })
  livekit = await startLivekit()
  line = await startCuttableProxy(stack.url)
  api = new RoomServiceClient(livekit.url, API_KEY, API_SECRET)
  const doorPort = await freePort()
  door = `http://127.0.0.1:${doorPort}`
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
      LEVEE_LISTENER_PORT: String(doorPort),
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
const create = (at: string, wish: object = {}) => ask<CreatedRoom>(`${at}/v1/rooms`, 'POST', wish)
const view = (at: string, room: string) => ask<RoomView>(`${at}/v1/rooms/${room}`)
const joinAt = (at: string, room: string, hostKey?: string) =>
  ask<JoinAnswer>(`${at}/v1/rooms/${room}/join`, 'POST', {
    name: 'Ada',
    ...(hostKey !== undefined && { hostKey }),
  })
const rejoinAt = (at: string, room: string, ticket: string) =>
  ask<JoinAnswer>(`${at}/v1/rooms/${room}/rejoin`, 'POST', { ticket })
/** Joins and goes in: the token works. */
const comeIn = async (at: string, room: string, hostKey?: string) => {
  const { status, body } = await joinAt(at, room, hostKey)
  assert.equal(status, 200, body.detail)
  return { seat: body, person: await goIn(body) }
}
const goIn = async (seat: JoinAnswer): Promise<Person> => {
  const person = await enter(seat.serverUrl, seat.participantToken)
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
const isCut = async () => (await metric('levee_agent_control_plane_link_down')) === 1
const kept = async () => readFile(join(env['LEVEE_STATE_DIR'] ?? '', 'branch-1.offline.json'), 'utf8')

async function mend() {
  await line.restore()
  await until('the line whole again', async () => !(await isCut()))
}

test('cut off without rules: nobody is let in, and is told why; the door shows the control plane before and after', async () => {
  assert.equal((await ask(`${door}/livez`)).status, 200)
  assert.equal((await ask(`${door}/v1/fleet`)).body.code, 'operator_required')
  const { room } = (await create(door, { site: 'branch' })).body
  assert.equal((await view(door, room)).status, 200)
  await line.cut()
  const refused = await joinAt(door, room)
  assert.deepEqual([refused.status, refused.body.code], [503, 'store_unavailable'])
  assert.match(refused.body.detail, /not allowed to let people into meetings/)
  assert.equal(await isCut(), true)
  await mend()
  assert.equal((await joinAt(door, room)).status, 200)
})

test('the rules come with a report, are kept, and are not asked for again', async () => {
  const set = await ask(
    `${stack.url}/v1/sites/branch`,
    'PUT',
    { ...settings, offline: 'start' },
    stack.operatorKey,
  )
  assert.equal(set.status, 204)
  await until('the rules on disk', async () => (await kept()).includes('"grant"'))
  const before = await kept()
  const reports = () => metric('levee_agent_reports_total{outcome="ok"}')
  const already = await reports()
  await until('two more reports', async () => (await reports()) >= already + 2)
  // Rules that are signed anew have another time in them.
  assert.equal(await kept(), before)
})

test('cut: a running meeting goes on, its link works in the branch, its host comes back as host', async () => {
  const made = (await create(door, { title: 'Daily', site: 'branch' })).body
  const host = await comeIn(door, made.room, made.hostKey)
  assert.deepEqual([host.seat.node, host.seat.role, host.seat.title], ['branch-1', 'host', 'Daily'])
  assert.ok(host.seat.epoch < OFFLINE_EPOCHS)
  await line.cut()
  const late = await comeIn(door, made.room)
  assert.deepEqual([late.seat.roomName, late.seat.epoch], [host.seat.roomName, host.seat.epoch])
  assert.ok(late.seat.identity !== host.seat.identity)
  const again = (await rejoinAt(door, made.room, host.seat.rejoinTicket)).body
  assert.deepEqual(
    [again.identity, again.role, again.roomName],
    [host.seat.identity, 'host', host.seat.roomName],
  )
  await goIn(again)
  assert.ok(await isHere(late.person))
  assert.equal((await view(door, made.room)).body.title, '')
  await mend()
  const back = (await rejoinAt(door, made.room, late.seat.rejoinTicket)).body
  assert.deepEqual([back.identity, back.epoch, back.title], [late.seat.identity, host.seat.epoch, 'Daily'])
  assert.ok(await isHere(late.person))
  leaveAll()
})

test('cut: a meeting is started, fifty come at once to one place, also over a restart; mended: it is everybody’s', async () => {
  await line.cut()
  const made = await create(door, { title: 'Cut off' })
  assert.equal(made.status, 201, made.body.detail)
  const { room, hostKey } = made.body
  const crowd = await Promise.all(Array.from({ length: 50 }, () => joinAt(door, room)))
  assert.deepEqual(new Set(crowd.map(({ status }) => status)), new Set([200]))
  const names = new Set(crowd.map(({ body }) => body.roomName))
  assert.equal(names.size, 1)
  const [first, second] = crowd
  assert.ok(first && second && first.body.epoch >= OFFLINE_EPOCHS)

  // Nobody is in it yet: only the disk knows.
  await agent.stop()
  agent = await runAgent(env)
  const later = await until('the door open again', () => joinAt(door, room, hostKey))
  assert.deepEqual(
    [later.body.roomName, later.body.role, later.body.title],
    [first.body.roomName, 'host', 'Cut off'],
  )
  const person = await goIn(first.body)
  await goIn(later.body)
  assert.deepEqual(
    (await api.listRooms()).map(({ name }) => name).filter((name) => names.has(name)),
    [first.body.roomName],
  )
  assert.equal((await view(stack.url, room)).status, 404)

  await line.restore()
  await until(
    'the title at the head office',
    async () => (await view(stack.url, room)).body.title === 'Cut off',
  )
  const { body: there } = await joinAt(stack.url, room, hostKey)
  assert.deepEqual([there.node, there.epoch, there.role], ['branch-1', first.body.epoch, 'host'])
  await until('the line whole again', async () => !(await isCut()))
  const back = (await rejoinAt(door, room, first.body.rejoinTicket)).body
  assert.deepEqual([back.identity, back.epoch], [first.body.identity, first.body.epoch])
  assert.ok(await isHere(person))
  // Told once: it is the control plane’s now.
  const { rooms: rest } = JSON.parse(await kept()) as { rooms: { state: string }[] }
  assert.deepEqual(
    rest.map(({ state }) => state),
    ['synced'],
  )
  leaveAll()
})

test('a meeting that went on at both sides ends in one', async () => {
  const { room } = (await create(stack.url, { site: 'hq' })).body
  const there = await comeIn(stack.url, room)
  assert.equal(there.seat.node, 'hq-1')
  await until('it is seen there', async () => {
    const { body } = await ask<{ nodes: { node: string; rooms: number }[] }>(
      `${stack.url}/v1/fleet`,
      'GET',
      undefined,
      stack.operatorKey,
    )
    return body.nodes.some(({ node, rooms }) => node === 'hq-1' && rooms > 0)
  })
  await line.cut()
  const here = await comeIn(door, room)
  assert.equal(here.seat.node, 'branch-1')
  // Of a node that cannot be asked: not refused for good.
  const foreign = await rejoinAt(door, room, there.seat.rejoinTicket)
  assert.deepEqual([foreign.status, foreign.body.code], [503, 'store_unavailable'])
  await mend()
  await until('the call', () => here.person.asks().length > 0)
  const moved = (await rejoinAt(door, room, here.seat.rejoinTicket)).body
  assert.deepEqual([moved.node, moved.identity], ['hq-1', here.seat.identity])
  await goIn(moved)
  here.person.leave()
  await until('the end of the branch’s half', async () =>
    (await api.listRooms()).every(({ name }) => name !== here.seat.roomName),
  )
  leaveAll()
})

test('a line that swallows everything is a cut as well', async () => {
  const { room } = (await create(door, { site: 'branch' })).body
  line.blackhole()
  const startedAtMs = performance.now()
  const { status, body } = await joinAt(door, room)
  const tookMs = performance.now() - startedAtMs
  assert.deepEqual([status, body.node], [200, 'branch-1'])
  assert.ok(tookMs < 4_000, `${tookMs} ms`)
  const againAtMs = performance.now()
  assert.equal((await joinAt(door, room)).body.roomName, body.roomName)
  assert.ok(performance.now() - againAtMs < 500)
  await mend()
})

test('the control plane is there and its store is not: the branch lets its people in all the same', async () => {
  const { room } = (await create(door, { site: 'branch' })).body
  const { seat } = await comeIn(door, room)
  await until('it is seen', async () => ((await nodeNow())?.rooms ?? 0) > 0)
  await stack.redis.stop()
  const late = await joinAt(door, room)
  assert.deepEqual([late.status, late.body.roomName], [200, seat.roomName])
  assert.equal(await isCut(), false)
  await stack.redis.restart()
  leaveAll()
})

test('nothing secret in the log', () => {
  assert.ok(agent.output().includes('the listener for the branch is open'))
  assert.ok(!agent.output().includes(API_SECRET))
  assert.doesNotMatch(agent.output(), /[0-9a-z]{4}-[0-9a-z]{5}-[0-9a-z]{5}|\/v1\/rooms\/[0-9a-z]/)
})
