/** Orders for rooms on a real LiveKit, and what participants see of them. */
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { pino } from 'pino'
import { RoomServiceClient } from 'livekit-server-sdk'
import { livekitRooms } from '../../src/livekit/livekit-rooms.ts'
import { livekitReader } from '../../src/livekit/reader.ts'
import { roomOrders } from '../../src/orders/room-orders.ts'
import { countOccupancy } from '../../src/livekit/occupancy.ts'
import { joinRoom } from '../support/person.ts'
import { startLivekit, type Livekit } from '../support/livekit.ts'
import { API_KEY, API_SECRET, until } from '../support/workplace.ts'

const NONE = { drop: [], moved: [], changed: [] }
const log = pino({ level: 'silent' })

let livekit: Livekit
let api: RoomServiceClient
before(async () => {
  livekit = await startLivekit()
  api = new RoomServiceClient(livekit.url, API_KEY, API_SECRET)
})
const access = () => ({ url: new URL(livekit.url), apiKey: API_KEY, apiSecret: API_SECRET })
const names = async () => (await api.listRooms()).map(({ name }) => name)

test('changed: participants get the message, later ones read it, and each number is higher', async () => {
  const done: string[] = []
  const orders = () =>
    roomOrders({ rooms: livekitRooms(access()), log, onDone: (order) => void done.push(order) })
  const [one, two] = [await joinRoom(livekit.url, 'a~1'), await joinRoom(livekit.url, 'a~1')]
  assert.deepEqual(one.asks(), [])
  const first = orders()
  first.take({ ...NONE, changed: ['a~1', 'was-never-here~1'] })
  await until('both messages', () => one.asks().length === 1 && two.asks().length === 1)
  const late = await joinRoom(livekit.url, 'a~1')
  assert.deepEqual(late.asks(), one.asks())
  first.take({ ...NONE, changed: ['a~1'] })
  await until('another message', () => one.asks().length === 2)
  // A restarted agent continues with higher numbers.
  orders().take({ ...NONE, changed: ['a~1'] })
  await until('a message of the next agent', () => one.asks().length === 3)
  const [a = 0, b = 0, c = 0] = one.asks()
  assert.ok(a < b && b < c && Math.abs(c - Date.now()) < 60_000)
  await until('all done', () => done.length === 4)
  for (const person of [one, two, late]) person.leave()
})

test('moved: closed once it is empty; participants who stay are disconnected at the deadline', async (t) => {
  const orders = roomOrders({ rooms: livekitRooms(access()), log, onDone: () => {}, closeAfterMs: 2_000 })
  const awake = await joinRoom(livekit.url, 'left~1')
  const asleep = await joinRoom(livekit.url, 'slept~1')
  const startedAtMs = performance.now()
  orders.take({ ...NONE, moved: ['left~1', 'slept~1', 'gone~1'] })
  await until('the messages', () => awake.asks().length === 1 && asleep.asks().length === 1)
  t.diagnostic(`message after ${Math.round(performance.now() - startedAtMs)} ms`)
  awake.leave()
  await until('the left room closed', async () => !(await names()).includes('left~1'))
  assert.ok((await names()).includes('slept~1'))
  assert.ok(performance.now() - startedAtMs < 2_000)
  await asleep.gone
  assert.ok(performance.now() - startedAtMs >= 2_000)
  await until('no room', async () => !(await names()).includes('slept~1'))
})

test('drop: participants are disconnected at once', async () => {
  const person = await joinRoom(livekit.url, 'over~1')
  roomOrders({ rooms: livekitRooms(access()), log, onDone: () => {} }).take({ ...NONE, drop: ['over~1'] })
  await person.gone
  assert.deepEqual(person.asks(), [])
})

test('500 rooms moved at once: LiveKit keeps serving participants', async (t) => {
  const rooms = Array.from({ length: 500 }, (_, i) => `many-${i}~1`)
  for (let i = 0; i < rooms.length; i += 50)
    await Promise.all(rooms.slice(i, i + 50).map((name) => api.createRoom({ name })))
  const people = await Promise.all([0, 250, 499].map((i) => joinRoom(livekit.url, rooms[i] ?? '')))
  let done = 0
  const orders = roomOrders({ rooms: livekitRooms(access()), log, onDone: () => void (done += 1) })
  const startedAtMs = performance.now()
  const since = () => Math.round(performance.now() - startedAtMs)
  orders.take({ ...NONE, moved: rooms })
  await until('all three messages', () => people.every((person) => person.asks().length === 1))
  t.diagnostic(`the last of 500 rooms got its message after ${since()} ms`)
  for (const person of people) person.leave()
  const joins: number[] = []
  while (done < rooms.length) {
    const fromMs = performance.now()
    const person = await joinRoom(livekit.url, 'bystander~1')
    joins.push(performance.now() - fromMs)
    person.leave()
    await person.gone
    assert.ok(since() < 40_000, `${done} of 500 closed`)
  }
  t.diagnostic(`500 closed after ${since()} ms; joins beside it at most ${Math.round(Math.max(...joins))} ms`)
  assert.deepEqual(
    (await names()).filter((name) => name.startsWith('many')),
    [],
  )
  assert.ok(Math.max(...joins) < 3_000)
})

test('participants are counted exactly, although LiveKit’s list of rooms lags behind', async () => {
  const reader = livekitReader({ ...access(), metricsUrl: new URL(livekit.metricsUrl) })
  const here = () =>
    countOccupancy({ rooms: reader.rooms, participantsIn: livekitRooms(access()).participantsIn })
  const people = await Promise.all(['x~1', 'x~1', 'y~1'].map((room) => joinRoom(livekit.url, room)))
  const listed = async () => (await reader.rooms()).reduce((sum, room) => sum + room.participants, 0)
  const atFirst = await listed()
  assert.deepEqual(await here(), { rooms: 2, participants: 3 })
  for (const person of people) person.leave()
  await Promise.all(people.map((person) => person.gone))
  await until('a count of 0', async () => (await here()).participants === 0, 3_000)
  assert.ok(
    atFirst !== 3 || (await listed()) !== 0,
    'the list lags behind, otherwise this test proves nothing',
  )
})

test('many rooms: the count is approximate while it is high, and exact before it is 0', async () => {
  const asked: string[] = []
  const of = (listed: number, really: Record<string, number>) => ({
    rooms: async () =>
      Array.from({ length: 200 }, (_, i) => ({ name: `r${i}`, participants: i < listed ? 2 : 0, tracks: 0 })),
    participantsIn: async (name: string) => (asked.push(name), really[name] ?? 0),
  })
  assert.deepEqual(await countOccupancy(of(100, {})), { rooms: 100, participants: 200 })
  assert.equal(asked.length, 0, 'the list is enough')
  assert.deepEqual(await countOccupancy(of(10, { r3: 5 })), { rooms: 1, participants: 5 })
  assert.equal(asked.length, 10)
  assert.deepEqual(await countOccupancy(of(10, { r150: 1 })), { rooms: 1, participants: 1 }, 'just joined')
  assert.deepEqual(await countOccupancy(of(0, {})), { rooms: 0, participants: 0 })
})
