/** Orders for rooms on a fake LiveKit: which calls it gets, in which order, and how often. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { type LivekitRooms, livekitRooms } from '../../src/livekit/livekit-rooms.ts'
import { type Order, roomOrders } from '../../src/orders/room-orders.ts'
import { LIVEKIT_CALLS_AT_ONCE } from '../../src/tuning/livekit.ts'
import { MOVED_COUNTS_AT_ONCE } from '../../src/tuning/orders.ts'
import { until } from '../support/workplace.ts'

const NONE = { drop: [], moved: [], changed: [] }

/** Rooms with their number of participants. `answer` is awaited before each answer. */
function played(
  people: Record<string, number>,
  timing: { closeAfterMs?: number; countEveryMs?: number } = {},
) {
  const rooms = new Map(Object.entries(people))
  const calls: string[] = []
  const done: string[] = []
  const lines: { level: number; msg: string }[] = []
  const stage = { answer: async () => {}, atOnce: 0, most: 0 }
  const step = async <T>(what: string, result: () => T): Promise<T> => {
    calls.push(what)
    stage.most = Math.max(stage.most, ++stage.atOnce)
    try {
      await stage.answer()
      return result()
    } finally {
      stage.atOnce -= 1
    }
  }
  const livekit: LivekitRooms = {
    askToRejoin: (name) => step(`ask ${name}`, () => rooms.has(name)),
    participantsIn: (name) => step(`count ${name}`, () => rooms.get(name) ?? 0),
    close: (name) => step(`close ${name}`, () => rooms.delete(name)),
  }
  const orders = roomOrders({
    rooms: livekit,
    log: pino({ base: null }, { write: (line) => lines.push(JSON.parse(line)) }),
    onDone: (order: Order, well: boolean) => done.push(`${order} ${well ? 'done' : 'failed'}`),
    countEveryMs: 5,
    ...timing,
  })
  const isDone = (count: number) => until(`${count} orders done`, () => done.length >= count)
  return { rooms, calls, done, lines, stage, take: orders.take, isDone }
}
/** A promise that `open` resolves. */
function gate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { opened: () => opened, open: () => open() }
}

test('changed: clients get the request to rejoin, and nothing else happens', async () => {
  const one = played({ 'a~1': 3 })
  one.take({ ...NONE, changed: ['a~1'] })
  await one.isDone(1)
  assert.deepEqual(one.calls, ['ask a~1'])
  assert.deepEqual(one.done, ['changed done'])
})

test('moved: its clients get one request to rejoin, it is counted until it is empty, then closed', async () => {
  const one = played({ 'a~1': 2 })
  one.take({ ...NONE, moved: ['a~1'] })
  await until('two counts', () => one.calls.length >= 3)
  one.take({ ...NONE, moved: ['a~1'] })
  one.take({ ...NONE, changed: ['a~1'] })
  await until('two more counts', () => one.calls.length >= 5)
  one.rooms.set('a~1', 0)
  await one.isDone(1)
  assert.equal(one.calls.filter((call) => call === 'ask a~1').length, 1)
  assert.equal(one.calls.at(-1), 'close a~1')
  assert.deepEqual(one.done, ['moved done'])
  assert.ok(one.lines.some(({ msg }) => msg === 'room closed: it was moved and is empty'))

  one.take({ ...NONE, moved: ['a~1'] })
  await one.isDone(2)
  assert.equal(one.calls.at(-1), 'ask a~1', 'the room no longer exists, so nothing else is called')
})

test('moved, and participants stay: closed at the deadline', async () => {
  const one = played({ 'a~1': 2 }, { closeAfterMs: 60 })
  const startedAtMs = performance.now()
  one.take({ ...NONE, moved: ['a~1'] })
  await one.isDone(1)
  assert.ok(performance.now() - startedAtMs >= 60)
  assert.equal(one.rooms.size, 0)
  assert.ok(one.lines.some(({ msg }) => msg === 'room closed: it was moved, and its time is up'))
})

test('a failed count closes nothing', async () => {
  const one = played({ 'a~1': 2 })
  one.take({ ...NONE, moved: ['a~1'] })
  await until('a count', () => one.calls.includes('count a~1'))
  one.stage.answer = () => Promise.reject(new Error('away'))
  const from = one.calls.length
  await until('three more counts', () => one.calls.length >= from + 3)
  one.stage.answer = async () => {}
  await until('a count that works', () => one.calls.length >= from + 5)
  assert.ok(!one.calls.includes('close a~1'))
  one.rooms.set('a~1', 0)
  await one.isDone(1)
})

test('drop takes precedence over moved and changed, in one directive and over orders in progress', async () => {
  const one = played({ 'a~1': 2, 'b~1': 2 })
  one.take({ drop: ['a~1'], moved: ['a~1'], changed: ['a~1'] })
  await one.isDone(1)
  assert.deepEqual(one.calls, ['close a~1'])
  one.take({ ...NONE, moved: ['b~1'] })
  await until('a count', () => one.calls.includes('count b~1'))
  one.take({ ...NONE, drop: ['b~1'] })
  await one.isDone(2)
  assert.deepEqual(one.done, ['drop done', 'drop done'])
  assert.equal(one.rooms.size, 0)
})

test('dropped while the message is being sent: does not wait for it', async () => {
  const one = played({ 'a~1': 2 })
  const first = gate()
  one.stage.answer = first.opened
  one.take({ ...NONE, moved: ['a~1'] })
  await until('the message', () => one.calls.length === 1)
  one.stage.answer = async () => {}
  one.take({ ...NONE, drop: ['a~1'] })
  await one.isDone(1)
  first.open()
  assert.deepEqual(one.calls, ['ask a~1', 'close a~1'])
})

test('changed again while the message is being sent: sent again, because clients may have rejoined too early', async () => {
  const one = played({ 'a~1': 2 })
  const first = gate()
  one.stage.answer = first.opened
  one.take({ ...NONE, changed: ['a~1'] })
  await until('the message', () => one.calls.length === 1)
  one.take({ ...NONE, changed: ['a~1'] })
  await until('the second message', () => one.calls.length === 2)
  first.open()
  await one.isDone(1)
})

test('failures: one log line for the series, and a retry when the order is repeated', async () => {
  const names = Array.from({ length: 20 }, (_, i) => `r${i}~1`)
  const one = played(Object.fromEntries(names.map((name) => [name, 0])))
  one.stage.answer = () => Promise.reject(new Error('LiveKit is down'))
  one.take({ ...NONE, drop: names })
  await one.isDone(20)
  one.take({ ...NONE, drop: names })
  await one.isDone(40)
  const warnings = one.lines.filter(({ level }) => level === 40)
  assert.deepEqual(
    warnings.map(({ msg }) => msg),
    ['an order for a room failed; the control plane repeats it'],
  )
  one.stage.answer = async () => {}
  one.take({ ...NONE, drop: names })
  await one.isDone(60)
  assert.equal(one.rooms.size, 0)
  assert.deepEqual(new Set(one.done.slice(40)), new Set(['drop done']))
})

test('500 moved at once: few calls at a time, messages before counts, even a message that comes later', async () => {
  const names = Array.from({ length: 500 }, (_, i) => `r${i}~1`)
  const one = played(Object.fromEntries(names.map((name) => [name, 1])))
  one.stage.answer = () => new Promise((resolve) => setImmediate(resolve))
  one.take({ ...NONE, moved: names })
  await until('all messages', () => one.calls.filter((call) => call.startsWith('ask')).length === 500)
  const held = gate()
  one.stage.answer = held.opened
  await until('a round of waiting counts', () => one.stage.atOnce === LIVEKIT_CALLS_AT_ONCE)
  const before = one.calls.length
  one.take({ ...NONE, changed: ['late~1'] })
  one.stage.answer = () => new Promise((resolve) => setImmediate(resolve))
  held.open()
  await until('the late message', () => one.calls.includes('ask late~1'))
  assert.equal(one.calls.indexOf('ask late~1'), before, 'it was the next')
  assert.equal(one.stage.most, LIVEKIT_CALLS_AT_ONCE)

  // Every room has its turn: none is counted twice before all others were counted.
  const counts = () => one.calls.filter((call) => call.startsWith('count '))
  await until('1,000 counts', () => counts().length >= 1_000)
  assert.equal(new Set(counts().slice(0, 500)).size, 500)
  for (const name of names) one.rooms.set(name, 0)
  await one.isDone(501)
  assert.equal(one.rooms.size, 0)
  assert.ok(MOVED_COUNTS_AT_ONCE < 500)
})

test('the number of a message rises although the wall clock is set back', async (t) => {
  const sent: number[] = []
  t.mock.method(globalThis, 'fetch', async (_: unknown, init: { body: string }) => {
    const { metadata } = JSON.parse(init.body) as { metadata: string }
    sent.push((JSON.parse(metadata) as { ask: number }).ask)
    return new Response('{}', { headers: { 'content-type': 'application/json' } })
  })
  const clock = [5_000, 5_000, 4_000, 9_000]
  const rooms = livekitRooms(
    { url: new URL('http://127.0.0.1:1/'), apiKey: 'key', apiSecret: 's'.repeat(32) },
    () => clock.shift() ?? 0,
  )
  for (let i = 0; i < 4; i += 1) assert.equal(await rooms.askToRejoin('a~1'), true)
  assert.deepEqual(sent, [5_000, 5_001, 5_002, 9_000])
})
