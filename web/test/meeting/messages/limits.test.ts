import assert from 'node:assert/strict'
import { beforeEach, describe, mock, test } from 'node:test'
import { RoomEvent } from 'livekit-client'
import type { NodeConnection } from '../../../src/meeting/connections/connection.ts'
import { ChatLog } from '../../../src/meeting/messages/chat-log.ts'
import { DataMessages } from '../../../src/meeting/messages/data-messages.ts'
import { readText } from '../../../src/meeting/messages/read-text.ts'
import { Senders, spokenName } from '../../../src/meeting/messages/senders.ts'
import { CHAT_TOPIC, HAND_TOPIC } from '../../../src/meeting/messages/topics.ts'
import { CHAT_MESSAGES_MAX, CHAT_RATE, CHAT_TEXT_MAX_LENGTH, HAND_RATE } from '../../../src/meeting/tuning.ts'
import { FakeRoom } from '../fake-room.ts'

let nowMs = 0
beforeEach(() => {
  mock.restoreAll()
  mock.method(performance, 'now', () => nowMs)
})

const about = (identity: string, id: string) => ({ identity, streamId: id, attributes: {} })
const arrives = (log: ChatLog, identity: string, id: string, text = id) => {
  if (log.admits(about(identity, id))) log.receive({ ...about(identity, id), text })
}

describe('a flood in the chat', () => {
  test('is cut off by sender, said once, and leaves the messages of others alone', () => {
    const log = new ChatLog(() => [])
    for (let i = 0; i < 1_000; i++) arrives(log, 'eve', `flood ${i}`)
    arrives(log, 'ann', 'still here')
    const from = (identity: string) => log.messages().filter((message) => message.from.identity === identity)
    assert.equal(from('eve').filter(({ dropped }) => dropped !== true).length, CHAT_RATE.burst)
    assert.equal(from('eve').filter(({ dropped }) => dropped === true).length, 1)
    assert.deepEqual(
      from('ann').map(({ message }) => message),
      ['still here'],
    )
  })

  test('ends when the sender has been quiet', () => {
    const log = new ChatLog(() => [])
    for (let i = 0; i < 100; i++) arrives(log, 'eve', `flood ${i}`)
    nowMs += 60_000
    arrives(log, 'eve', 'sorry')
    assert.equal(log.messages().at(-1)?.message, 'sorry')
  })

  test('of a hundred senders keeps the list bounded and no one’s messages out', () => {
    const log = new ChatLog(() => [])
    arrives(log, 'ann', 'the agenda')
    for (let i = 0; i < 4_000; i++) arrives(log, `eve-${i % 100}`, `flood ${i}`)
    assert.equal(log.messages().length, CHAT_MESSAGES_MAX)
    assert.ok(log.messages().some(({ message }) => message === 'the agenda'))
    assert.equal(log.received(), 4_001)
  })

  test('is one update of the page', async () => {
    const log = new ChatLog(() => [])
    let updates = 0
    log.subscribe(() => updates++)
    for (let i = 0; i < 1_000; i++) arrives(log, `eve-${i}`, 'x')
    await Promise.resolve()
    assert.equal(updates, 1)
  })
})

test('a message that is sent again costs its sender nothing', () => {
  const log = new ChatLog(() => [])
  arrives(log, 'bob', 'once')
  for (let i = 0; i < 1_000; i++) arrives(log, 'bob', 'once')
  arrives(log, 'bob', 'next')
  assert.deepEqual(
    log.messages().map(({ message }) => message),
    ['once', 'next'],
  )
})

test('a text is kept up to its longest length, and read to its end', async () => {
  let read = 0
  async function* endless() {
    for (; read < 1_000; read++) yield 'x'.repeat(1_000)
  }
  const text = await readText(endless(), CHAT_TEXT_MAX_LENGTH)
  assert.equal(text.length, CHAT_TEXT_MAX_LENGTH)
  assert.equal(read, 1_000)
})

test('stacked marks and blank messages', () => {
  const log = new ChatLog(() => [])
  arrives(log, 'eve', 'a', ' \n ')
  arrives(log, 'eve', 'b', `Z${'\u0335'.repeat(500)}`)
  assert.deepEqual(
    log.messages().map(({ message }) => message.length),
    [3],
  )
})

describe('messages of others', () => {
  const begin = () => {
    const room = new FakeRoom()
    let changes = 0
    const connection = { room: room.asRoom, link: 'up', silent: false, cleanups: [] }
    const messages = new DataMessages(
      () => [],
      () => changes++,
    )
    messages.attach(connection as unknown as NodeConnection)
    const says = (topic: string, data: Uint8Array) =>
      room.emit(RoomEvent.DataReceived, data, { identity: 'eve' }, undefined, topic)
    return { room, messages, says, changes: () => changes, connection }
  }
  const bytes = (text: string) => new TextEncoder().encode(text)

  test('the sender of a chat message is the one that the node has stamped, whatever the message says', async () => {
    const { room, messages } = begin()
    async function* text() {
      yield 'I am Ann'
    }
    const claims = { 'levee-id': '1', from: 'ann', identity: 'ann', name: 'Ann', 'levee-sent': '1' }
    const reader = Object.assign(text(), { info: { id: 's', timestamp: 1, attributes: claims } })
    room.handlers.get(CHAT_TOPIC)?.(reader, { identity: 'eve' })
    for (let i = 0; i < 9; i++) await Promise.resolve()
    assert.deepEqual(
      messages.chat.messages().map(({ from }) => from),
      [{ identity: 'eve', isLocal: false }],
    )
  })

  test('unknown topics, malformed and large messages are ignored', () => {
    const { says, messages, changes, connection, room } = begin()
    const raised = '{"up":true,"atMs":5}'
    says('levee-unknown', bytes(raised))
    says(HAND_TOPIC, bytes(raised + ' '.repeat(100)))
    for (const text of ['', '{', '[]', '"x"', '{"up":true,"atMs":1e999}', '{"up":true,"atMs":0.5}', '\u0000'])
      says(HAND_TOPIC, bytes(text))
    says(HAND_TOPIC, new Uint8Array([0xff, 0xfe, 0xfd]))
    assert.equal(changes(), 0)
    room.arrives('eve')
    says('levee-settled', bytes('x'))
    assert.equal(messages.allSettled(connection as unknown as NodeConnection), false)
    says(HAND_TOPIC, bytes(raised))
    assert.equal(changes(), 1)
  })

  test('a hand that goes up and down all the time stops updating the page', () => {
    const { says, changes } = begin()
    for (let i = 1; i <= 1_000; i++) says(HAND_TOPIC, bytes(JSON.stringify({ up: i % 2 === 1, atMs: i })))
    assert.equal(changes(), HAND_RATE.burst)
  })
})

describe('people whose names look the same', () => {
  const person = (identity: string, name: string, isHost = false) => ({ identity, name, isHost })
  const tags = (people: readonly { tag: string | undefined }[]) => people.map(({ tag }) => tag)

  test('get different numbers, the same on each page and in each order; others get none', () => {
    const three = [person('id-1', 'Ann'), person('id-2', 'ＡＮＮ'), person('id-3', 'Bob')]
    const [first, second, none] = tags(new Senders().update(three))
    assert.match(first ?? '', /^\d{3}$/)
    assert.match(second ?? '', /^\d{3}$/)
    assert.notEqual(first, second)
    assert.equal(none, undefined)
    assert.deepEqual(tags(new Senders().update(three.toReversed())), [none, second, first])
  })

  test('a thousand equal names are all different', () => {
    const many = Array.from({ length: 1_000 }, (_, i) => person(`id-${i}`, 'Ann'))
    assert.equal(new Set(tags(new Senders().update(many))).size, 1_000)
  })

  test('a name that copies a number gets another one', () => {
    const senders = new Senders()
    const [ann] = senders.update([person('id-1', 'Ann'), person('id-2', 'ann')])
    assert.ok(ann)
    const copy = senders.update([person('id-3', spokenName(ann))])
    assert.match(copy[0]?.tag ?? '', /^\d{3,}$/)
    assert.notEqual(copy[0]?.tag, ann.tag)
  })

  test('someone who takes the name of a person who has left is told apart from them', () => {
    const senders = new Senders()
    senders.update([person('id-1', 'Ann', true)])
    const [later] = senders.update([person('id-2', 'Ann')])
    assert.notEqual(later?.tag, undefined)
    assert.notEqual(senders.all.get('id-1')?.tag, later?.tag)
    assert.equal(senders.all.get('id-2')?.isHost, false)
  })

  test('nothing changes while nobody changes', () => {
    const senders = new Senders()
    senders.update([person('id-1', 'Ann')])
    const before = senders.all
    senders.update([person('id-1', 'Ann')])
    assert.equal(senders.all, before)
  })
})
