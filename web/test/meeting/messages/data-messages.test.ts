import assert from 'node:assert/strict'
import { beforeEach, describe, mock, test } from 'node:test'
import { RoomEvent } from 'livekit-client'
import { ChatLog } from '../../../src/meeting/messages/chat-log.ts'
import { RaisedHands } from '../../../src/meeting/messages/raised-hands.ts'
import { CHAT_TOPIC, HAND_TOPIC } from '../../../src/meeting/messages/topics.ts'
import type { NodeConnection } from '../../../src/meeting/connections/connection.ts'
import { DataMessages } from '../../../src/meeting/messages/data-messages.ts'
import { FakeRoom } from '../fake-room.ts'

const connectionOn = (room: FakeRoom, link: NodeConnection['link'] = 'up') =>
  ({ room: room.asRoom, link, silent: false, cleanups: [] }) as unknown as NodeConnection
const flush = async () => {
  for (let i = 0; i < 5; i++) await Promise.resolve()
}
const ME = { identity: 'me', name: 'Me' }

beforeEach(() => {
  mock.timers.reset()
  mock.timers.enable({ apis: ['Date'], now: 1_000_000 })
})

describe('chat', () => {
  const incoming = (id: string, text: string, change = {}) => ({
    identity: 'bob',
    text,
    streamId: `stream-${Math.random()}`,
    attributes: { 'levee-id': id },
    ...change,
  })
  const link = (room: FakeRoom, reliable = true) => ({ room: room.asRoom, reliable })
  const texts = (log: ChatLog) => log.messages().map(({ message }) => message)

  test('a message is sent on every connection under one id, and is stored once', async () => {
    const [a, b] = [new FakeRoom(), new FakeRoom()]
    const log = new ChatLog(() => [link(a), link(b)])
    log.send('hello', ME)
    await flush()
    assert.deepEqual(texts(log), ['hello'])
    assert.equal(a.sent.length, 1)
    assert.equal(b.sent[0]?.attributes?.['levee-id'], a.sent[0]?.attributes?.['levee-id'])
    assert.equal(a.sent[0]?.topic, CHAT_TOPIC)
  })

  test('a message that arrives on two connections is stored once', () => {
    const log = new ChatLog(() => [])
    log.receive(incoming('x', 'hello'))
    log.receive(incoming('x', 'hello'))
    assert.deepEqual(texts(log), ['hello'])
  })

  test('a client cannot replace a message of another sender', () => {
    const log = new ChatLog(() => [])
    log.receive(incoming('x', 'mine'))
    log.receive(incoming('x', 'theirs', { identity: 'eve' }))
    assert.deepEqual(texts(log), ['mine', 'theirs'])
  })

  test('messages of a client that sets no ids are distinguished by LiveKit’s ids', () => {
    const log = new ChatLog(() => [])
    log.receive({ ...incoming('', 'plain'), attributes: {}, streamId: 's1' })
    log.receive({ ...incoming('', 'plain'), attributes: {}, streamId: 's1' })
    log.receive({ ...incoming('', 'plain'), attributes: {}, streamId: 's2' })
    assert.deepEqual(texts(log), ['plain', 'plain'])
  })

  test('messages are in the order of arrival, with the time of our clock; a stamp of the sender counts for nothing', () => {
    const log = new ChatLog(() => [])
    const stamped = (id: string, sent: string) =>
      incoming(id, id, { attributes: { 'levee-id': id, 'levee-sent': sent } })
    log.receive(stamped('now', '1000000'))
    mock.timers.tick(1_000)
    log.receive(stamped('old', '1'))
    log.receive(stamped('future', '99999999999'))
    log.receive(stamped('none', 'NaN'))
    assert.deepEqual(texts(log), ['now', 'old', 'future', 'none'])
    assert.deepEqual(
      log.messages().map(({ timestamp }) => timestamp),
      [1_000_000, 1_001_000, 1_001_000, 1_001_000],
    )
  })

  test('between two nodes it is pending, and is sent on the next one', async () => {
    let lines: ReturnType<typeof link>[] = []
    const log = new ChatLog(() => lines)
    log.send('anyone?', ME)
    await flush()
    assert.equal(log.messages()[0]?.pending, true)
    const next = new FakeRoom()
    lines = [link(next)]
    log.opened(link(next))
    await flush()
    assert.deepEqual(
      next.sent.map(({ text }) => text),
      ['anyone?'],
    )
    assert.equal(log.messages()[0]?.pending, false)
  })

  test('a node that may be dead has not accepted it', async () => {
    const dying = new FakeRoom()
    const log = new ChatLog(() => [link(dying, false)])
    log.send('lost?', ME)
    await flush()
    mock.timers.tick(600_000)
    const next = new FakeRoom()
    log.opened(link(next))
    await flush()
    assert.equal(next.sent.length, 1)
  })

  test('a recent message is sent again, an old one is not', async () => {
    const first = new FakeRoom()
    const log = new ChatLog(() => [link(first)])
    log.send('old', ME)
    await flush()
    mock.timers.tick(60_000)
    log.send('new', ME)
    await flush()
    const next = new FakeRoom()
    log.opened(link(next))
    await flush()
    assert.deepEqual(
      next.sent.map(({ text }) => text),
      ['new'],
    )
  })
})

describe('hands', () => {
  test('the latest state counts, in whatever order the connections deliver it', () => {
    const hands = new RaisedHands()
    assert.equal(hands.receive('bob', '{"up":true,"atMs":5}'), true)
    assert.equal(hands.receive('bob', '{"up":false,"atMs":4}'), false)
    assert.deepEqual([...hands.raised('me', new Set(['bob', 'me']))], ['bob'])
    hands.receive('bob', '{"up":false,"atMs":6}')
    assert.equal(hands.raised('me', new Set(['bob'])).size, 0)
  })

  test('a hand is forgotten when its participant leaves', () => {
    const hands = new RaisedHands()
    hands.receive('bob', '{"up":true,"atMs":5}')
    assert.equal(hands.raised('me', new Set(['me'])).size, 0)
    assert.equal(
      hands.raised('me', new Set(['me', 'bob'])).size,
      0,
      'a participant who comes back starts without one',
    )
  })

  test('malformed messages are ignored', () => {
    const hands = new RaisedHands()
    for (const text of ['', 'null', '{}', '{"up":1,"atMs":1}', '{"up":true}'])
      assert.equal(hands.receive('bob', text), false, text)
  })
})

describe('above the connections', () => {
  const begin = () => {
    const connections: NodeConnection[] = []
    const messages = new DataMessages(
      () => connections,
      () => {},
    )
    const open = (room: FakeRoom) => {
      const connection = connectionOn(room)
      connections.push(connection)
      messages.attach(connection)
      messages.opened(connection)
      return connection
    }
    return { messages, open, connections }
  }
  const hands = (room: FakeRoom) => room.sent.filter(({ topic }) => topic === HAND_TOPIC)

  test('a raised hand is sent on each connection that opens and to each participant who joins', async () => {
    const { messages, open } = begin()
    const a = new FakeRoom()
    open(a)
    assert.equal(hands(a).length, 0, 'nothing to send')
    messages.setHand(true)
    const b = new FakeRoom()
    open(b)
    a.arrives('dan')
    await flush()
    assert.equal(hands(a).length, 2)
    assert.deepEqual(hands(a)[1]?.to, ['dan'])
    assert.match(hands(b)[0]?.text ?? '', /"up":true/)
  })

  test('a participant who was in the meeting before gets the last messages on arrival; a newcomer does not', async () => {
    const { messages, open } = begin()
    const a = new FakeRoom()
    a.arrives('bob')
    open(a)
    messages.chat.send('you missed this', ME)
    await flush()
    const b = new FakeRoom()
    open(b)
    await flush()
    b.sent.length = 0
    b.arrives('bob')
    b.arrives('newcomer')
    await flush()
    assert.deepEqual(
      b.sent.map(({ text, to }) => [text, to]),
      [['you missed this', ['bob']]],
    )
  })

  test('settled when everyone on the connection has reported it', () => {
    const { messages, open } = begin()
    const room = new FakeRoom()
    room.arrives('bob')
    room.arrives('cem')
    const connection = open(room)
    const says = (identity: string) =>
      room.emit(RoomEvent.DataReceived, new Uint8Array(), { identity }, undefined, 'levee-settled')
    assert.equal(messages.allSettled(connection), false)
    says('bob')
    assert.equal(messages.allSettled(connection), false)
    says('cem')
    assert.equal(messages.allSettled(connection), true)
  })
})
