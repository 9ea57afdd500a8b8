import assert from 'node:assert/strict'
import { test } from 'node:test'
import { observeSocket, watchSockets } from '../../../src/meeting/connections/socket-watch.ts'

class FakeSocket extends EventTarget {
  readonly url: string
  constructor(url: string | URL) {
    super()
    this.url = String(url)
  }
  open() {
    this.dispatchEvent(new Event('open'))
  }
  drop() {
    this.dispatchEvent(new Event('close'))
  }
}
const scope = { WebSocket: FakeSocket as unknown as typeof WebSocket }
watchSockets(scope)
const connect = (url: string) => new scope.WebSocket(url) as unknown as FakeSocket

test('the close of an open socket to the node is reported, that of another node is not', () => {
  let closed = 0
  const { stop, seen } = observeSocket('ws://node:7880', () => closed++)
  const other = connect('ws://node:78801/rtc/v1?x')
  other.open()
  other.drop()
  assert.equal(seen(), false)
  const mine = connect('ws://node:7880/rtc/v1?x')
  mine.open()
  assert.equal(seen(), true)
  mine.drop()
  assert.equal(closed, 1)
  stop()
  const later = connect('ws://node:7880/rtc/v1?x')
  later.open()
  later.drop()
  assert.equal(closed, 1)
})

test('a socket that never opened is not reported', () => {
  let closed = 0
  const { stop } = observeSocket('ws://node', () => closed++)
  connect('ws://node/rtc').drop()
  assert.equal(closed, 0)
  stop()
})

test('the close is reported before the owner of the socket receives it', () => {
  const heard: string[] = []
  const { stop } = observeSocket('ws://node', () => heard.push('watcher'))
  const socket = connect('ws://node/rtc')
  socket.addEventListener('close', () => heard.push('SDK'))
  socket.open()
  socket.drop()
  assert.deepEqual(heard, ['watcher', 'SDK'])
  stop()
})

test('the constructor is wrapped once, and is still a WebSocket', () => {
  const once = scope.WebSocket
  watchSockets(scope)
  assert.equal(scope.WebSocket, once)
  assert.ok(connect('ws://node') instanceof FakeSocket)
})
