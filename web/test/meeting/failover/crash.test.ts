import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { DisconnectReason, RoomEvent } from 'livekit-client'
import type { Refusal } from '../../../src/api/client.ts'
import { watchSockets } from '../../../src/meeting/connections/socket-watch.ts'
import { answerOf, FakeRoom, standbyOf } from '../fake-room.ts'
import { advance, tick, startBench, type Bench } from './bench.ts'

class FakeSocket extends EventTarget {
  open() {
    this.dispatchEvent(new Event('open'))
  }
  drop() {
    this.dispatchEvent(new Event('close'))
  }
}
const sockets = { WebSocket: FakeSocket as unknown as typeof WebSocket }

let bench: Bench
beforeEach(() => {
  bench = startBench()
})

describe('a crash without a standby', () => {
  test('the first sign calls rejoin at once with the lost epoch; a higher epoch opens a connection there at once', async () => {
    const old = await bench.begin()
    bench.answerWith(answerOf(2))
    old.emit(RoomEvent.SignalReconnecting)
    await tick()
    await tick()
    assert.deepEqual(bench.asked, [1])
    assert.deepEqual(bench.roles, ['1 previous degraded', '2 active up'])
  })

  test('the old room is not disconnected first, and not before 1.5 s', async () => {
    const old = await bench.begin()
    old.arrives('bob', { source: 'camera' })
    bench.shown = 1
    bench.answerWith(answerOf(2))
    old.emit(RoomEvent.SignalReconnecting)
    await advance(1_400)
    assert.equal(old.disconnected, false)
    await advance(600)
    assert.equal(old.disconnected, true)
    assert.deepEqual(bench.roles, ['1 previous closed', '2 active up'], 'the list of who was there is kept')
    bench.shown = 0
    bench.rooms[1]?.arrives('bob')
    await advance(300)
    assert.deepEqual(bench.roles, ['2 active up'])
  })

  test('the same epoch in the answer: rejoin is called again with growing pauses, until the link is back', async () => {
    const room = await bench.begin()
    room.emit(RoomEvent.SignalReconnecting)
    await advance(3_000)
    assert.ok(bench.asked.length >= 4 && bench.asked.length <= 6, `${bench.asked.length} calls`)
    assert.ok(bench.asked.every((lost) => lost === 1))
    room.emit(RoomEvent.Reconnected)
    const before = bench.asked.length
    await advance(5_000)
    assert.equal(bench.asked.length, before)
    assert.deepEqual(bench.roles, ['1 active up'])
  })

  test('the control plane does not answer: rejoin is called again until LiveKit itself has reconnected', async () => {
    const room = await bench.begin()
    bench.answer = { ok: false, refusal: { code: 'unreachable' } }
    room.emit(RoomEvent.SignalReconnecting)
    await advance(2_000)
    assert.ok(bench.refusals.length >= 3)
    room.emit(RoomEvent.Reconnected)
    assert.equal(bench.failover.troubled, false)
    assert.deepEqual(bench.roles, ['1 active up'])
  })

  test('the node was restarted: a new connection to it is opened, and the old room is left first', async () => {
    const room = await bench.begin()
    room.emit(RoomEvent.SignalReconnecting)
    await tick()
    room.emit(RoomEvent.Reconnecting)
    assert.equal(room.disconnected, true)
    await tick()
    assert.deepEqual(bench.roles, ['1 previous closed', '1 active up'])
    assert.equal(bench.failover.troubled, false)
  })

  test('a socket that is accepted and closed again shows that the node is back: we do not wait for LiveKit', async () => {
    watchSockets(sockets)
    const room = await bench.begin()
    const connect = () => new sockets.WebSocket('ws://node-1/rtc/v1') as unknown as FakeSocket
    const [first, refused, second] = [connect(), connect(), connect()]
    first.open()
    first.drop()
    assert.equal(bench.failover.connections.active?.link, 'degraded')
    refused.drop()
    assert.equal(bench.failover.connections.active?.link, 'degraded')
    second.open()
    second.drop()
    await tick()
    assert.equal(room.disconnected, true)
    assert.deepEqual(bench.roles, ['1 previous closed', '1 active up'])
  })

  test('a node that refuses connections is tried with each answer until it accepts one', async () => {
    const room = await bench.begin()
    bench.shut.add('node-1')
    room.breaks(DisconnectReason.SERVER_SHUTDOWN)
    await advance(2_500)
    assert.ok(bench.rooms.length > 2, 'several tries')
    bench.shut.clear()
    await advance(1_500)
    assert.equal(bench.failover.connections.active?.link, 'up')
  })

  test('participants do not leave the meeting because their node fails: the list of who was there is kept', async () => {
    const { viewConnection } = await import('../../../src/meeting/selection/connection-view.ts')
    const room = await bench.begin()
    room.arrives('bob', { source: 'camera' })
    const connection = bench.failover.connections.active
    assert.ok(connection)
    const view = () => viewConnection(connection, { has: () => true, flows: () => true })
    assert.equal(view().people.filter(({ identity }) => identity === 'bob').length, 1)
    bench.shut.add('node-1')
    room.breaks()
    const after = view()
    assert.equal(after.dead, true)
    const bob = after.people.find(({ identity }) => identity === 'bob')
    assert.equal(bob?.tracks[0]?.delivers, false)
  })

  test('an answer with an older epoch is ignored', async () => {
    await bench.begin(answerOf(5))
    bench.failover.reconcile(answerOf(4, { standby: standbyOf(6) }))
    await advance(3_000)
    assert.deepEqual(bench.roles, ['5 active up'])
    assert.deepEqual(bench.taken, [5])
  })

  test('a branch goes offline and comes back: the last answer counts, although the epochs are far apart', async () => {
    await bench.begin(answerOf(5))
    bench.failover.reconcile(answerOf(2_800_000_000))
    await advance(20_000)
    assert.deepEqual(bench.roles, ['2800000000 active up'])
    bench.failover.reconcile(answerOf(2_700_000_000))
    assert.deepEqual(bench.roles, ['2800000000 active up'], 'an older epoch of the same series is ignored')
    bench.failover.reconcile(answerOf(5))
    await advance(20_000)
    assert.deepEqual(bench.roles, ['5 active up'])
  })
})

describe('a connection that opens', () => {
  test('tracks are published as soon as another node accepts the join, and once for each connection', async () => {
    const first = new FakeRoom()
    let open = () => {}
    bench.opening = new Promise((resolve) => (open = resolve))
    const begun = bench.failover.begin(answerOf(1), first.asRoom)
    await tick()
    first.emit(RoomEvent.SignalConnected)
    assert.deepEqual(bench.early, [], 'on the first connection the pictures of the others come before ours')
    open()
    await begun
    bench.opening = new Promise((resolve) => (open = resolve))
    bench.failover.reconcile(answerOf(2))
    await tick()
    bench.rooms[0]?.emit(RoomEvent.SignalConnected)
    assert.deepEqual(bench.early, [2])
    assert.deepEqual(bench.roles, ['1 previous up', '2 active connecting'], 'media is not connected yet')
    open()
    await tick()
    // LiveKit starts a new session, and publishes by itself.
    bench.rooms[0]?.emit(RoomEvent.SignalConnected)
    assert.deepEqual(bench.early, [2])
  })
})

describe('the only node is gone', () => {
  /** rejoin is refused for three seconds. */
  async function refusedFor3s(code: Refusal['code']) {
    const room = await bench.begin()
    bench.refuse(code)
    bench.answers = false
    room.emit(RoomEvent.SignalReconnecting)
    await advance(3_000)
  }

  test('it is probed, and joined again as soon as LiveKit answers, without a call of rejoin', async () => {
    await refusedFor3s('no_node')
    assert.ok(bench.probes >= 10 && bench.probes <= 30, `${bench.probes} probes`)
    assert.deepEqual(bench.roles, ['1 active degraded'])
    const asked = bench.asked.length
    bench.answers = true
    await advance(200)
    assert.deepEqual(bench.roles.slice(-1), ['1 active up'])
    assert.equal(bench.asked.length, asked)
    const { probes } = bench
    await advance(1_000)
    assert.equal(bench.probes, probes, 'a node that we are connected to is not probed')
  })

  test('in a long meeting it is joined with the token that the node issued for coming back', async () => {
    const room = await bench.begin()
    await advance(200_000)
    room.engine.emit('tokenRefreshed', 'refreshed')
    await advance(200_000)
    bench.refuse('no_node')
    bench.answers = false
    room.emit(RoomEvent.SignalReconnecting)
    await advance(3_000)
    const asked = bench.asked.length
    bench.answers = true
    await advance(200)
    assert.deepEqual(bench.roles.slice(-1), ['1 active up'])
    assert.equal(bench.failover.connections.active?.access.participantToken, 'refreshed')
    assert.equal(bench.asked.length, asked)
  })

  test('with tokens that are too old rejoin is called at once', async () => {
    await refusedFor3s('fleet_full')
    await advance(100_000)
    assert.ok(bench.probes < 400, `${bench.probes} probes`)
    const before = bench.asked.length
    while (bench.asked.length === before) await tick(50)
    const asked = bench.asked.length
    bench.answers = true
    await advance(1_400)
    assert.ok(bench.asked.length > asked, 'without a probe the next call comes after 1.6 s at the earliest')
    assert.deepEqual(bench.roles, ['1 active degraded'])
  })

  test('it is not probed before the control plane says that there is no other node: its session may be alive', async () => {
    await refusedFor3s('unreachable')
    assert.equal(bench.probes, 0)
    await refusedFor3s('store_unavailable')
    assert.equal(bench.probes, 0)
  })
})

describe('calling rejoin once', () => {
  test('a higher number in the room’s metadata calls rejoin once, within 2 s, without a lost epoch', async () => {
    const room = await bench.begin()
    room.metadata = '{"ask":3}'
    room.emit(RoomEvent.RoomMetadataChanged, room.metadata)
    await advance(2_100)
    assert.deepEqual(bench.asked, [undefined])
    room.emit(RoomEvent.RoomMetadataChanged, room.metadata)
    room.metadata = '{"ask":2}'
    room.emit(RoomEvent.RoomMetadataChanged, room.metadata)
    await advance(2_100)
    assert.equal(bench.asked.length, 1, 'the same or a lower number is ignored')
  })

  test('a number that was written while the link was down counts too', async () => {
    const room = await bench.begin()
    room.emit(RoomEvent.SignalReconnecting)
    room.metadata = '{"ask":1}'
    room.emit(RoomEvent.Reconnected)
    await advance(2_100)
    assert.equal(bench.asked.at(-1), undefined)
  })

  test('the page was asleep: rejoin is called once', async () => {
    await bench.begin()
    bench.failover.pageResumed()
    await advance(5_000)
    assert.deepEqual(bench.asked, [undefined])
  })
})
