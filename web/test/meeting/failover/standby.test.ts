import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { DisconnectReason, RoomEvent } from 'livekit-client'
import { answerOf, standbyOf } from '../fake-room.ts'
import { ALL, NOTHING, advance, tick, startBench, type Bench } from './bench.ts'

let bench: Bench
beforeEach(() => {
  bench = startBench()
})

describe('a standby', () => {
  test('it is opened after the first picture, or after two seconds in an empty meeting', async () => {
    await bench.begin(answerOf(1, { standby: standbyOf(2) }))
    await advance(1_500)
    assert.deepEqual(bench.roles, ['1 active up'])
    await advance(700)
    assert.deepEqual(bench.roles, ['1 active up', '2 standby up'])
  })

  test('nothing is sent there; with sound running, only sound is', async () => {
    await bench.withActiveAndStandby()
    assert.deepEqual(bench.policy(2), NOTHING)
    assert.deepEqual(bench.policy(1), ALL)
    bench.failover.reconcile(answerOf(1, { standby: standbyOf(2, true) }))
    assert.deepEqual(bench.policy(2), { sound: true, picture: false })
    assert.equal(bench.rooms.length, 2, 'the same connection')
  })

  test('at the first sign it is promoted, before the control plane has answered', async () => {
    const { active } = await bench.withActiveAndStandby()
    bench.answer = { ok: false, refusal: { code: 'unreachable' } }
    active.emit(RoomEvent.SignalReconnecting)
    assert.deepEqual(bench.policy(2), ALL)
    assert.deepEqual(bench.asked, [1])
    assert.equal(bench.paces.at(-1), '1 slow')
    assert.deepEqual(
      bench.promotions,
      [{ sound: true, picture: true, asked: 0 }],
      'the standby is sent to first, then rejoin is called',
    )
  })

  test('while media still arrives after the socket has closed, both nodes are sent to; without media only the standby', async () => {
    let clock = 1
    let flows = true
    const stamp = () => (flows ? clock++ : clock)
    const { active } = await bench.withActiveAndStandby()
    bench.answer = { ok: false, refusal: { code: 'unreachable' } }
    active.arrives('bob', { source: 'camera', stamp }, { source: 'microphone', stamp })
    await advance(300)
    active.emit(RoomEvent.SignalReconnecting)
    await advance(400)
    assert.deepEqual(bench.policy(1), ALL, 'others may still be there')
    flows = false
    await advance(250)
    assert.deepEqual(bench.policy(1), NOTHING, 'sending there would delay the standby')
    flows = true
    await advance(150)
    assert.deepEqual(bench.policy(1), ALL)
  })

  test('a node that dies with its socket counts as dead a tenth of a second later', async () => {
    let clock = 1
    let flows = true
    const stamp = () => (flows ? clock++ : clock)
    const { active } = await bench.withActiveAndStandby()
    bench.answer = { ok: false, refusal: { code: 'unreachable' } }
    active.arrives('bob', { source: 'camera', stamp }, { source: 'microphone', stamp })
    await advance(300)
    await tick(70)
    flows = false
    active.emit(RoomEvent.SignalReconnecting)
    // The sample comes after the sending.
    await tick(1)
    await tick(99)
    assert.deepEqual(bench.policy(1), ALL)
    await tick(1)
    assert.deepEqual(bench.policy(1), NOTHING)
  })

  test('without a standby the receivers of the new connection are read rarely: there is no alternative', async () => {
    const lost = await bench.begin()
    lost.arrives('bob', { source: 'camera', stamp: () => 1 }, { source: 'microphone', stamp: () => 1 })
    await advance(600)
    bench.answerWith(answerOf(2))
    lost.emit(RoomEvent.SignalReconnecting)
    await advance(600)
    let asked = 0
    bench.rooms[1]?.arrives('bob', { source: 'camera', stamp: () => ++asked })
    await advance(1_000)
    assert.ok(asked > 0 && asked <= 3, `${asked} times`)
  })

  test('at the first sign the standby is sent to before any receiver is read', async () => {
    let asked = 0
    const { active } = await bench.withActiveAndStandby()
    active.arrives('bob', { source: 'camera', stamp: () => ++asked })
    await advance(1_000)
    const before = asked
    active.emit(RoomEvent.SignalReconnecting)
    assert.deepEqual(bench.policy(2), ALL)
    assert.equal(asked, before)
    await tick(1)
    assert.ok(asked > before)
  })

  test('receivers of a connection that is given up are no longer read', async () => {
    let asked = 0
    const { active } = await bench.withActiveAndStandby()
    active.arrives('bob', { source: 'camera', stamp: () => ++asked })
    await advance(1_000)
    assert.ok(asked > 2)
    bench.answers = false
    active.emit(RoomEvent.SignalReconnecting)
    await tick()
    const before = asked
    await advance(1_000)
    assert.equal(asked, before)
  })

  test('when the socket closes at a node that does not answer, sending there stops at once', async () => {
    let clock = 1
    const { active } = await bench.withActiveAndStandby()
    bench.answer = { ok: false, refusal: { code: 'unreachable' } }
    // A jitter buffer plays on.
    active.arrives('bob', { source: 'camera', stamp: () => clock++ })
    await advance(300)
    bench.answers = false
    active.emit(RoomEvent.SignalReconnecting)
    await tick()
    assert.deepEqual(bench.policy(1), NOTHING)
    assert.deepEqual(bench.policy(2), ALL)
    active.emit(RoomEvent.Reconnected)
    assert.deepEqual(bench.policy(1), ALL, 'it was only restarted')
    bench.answers = true
    active.emit(RoomEvent.SignalReconnecting)
    await tick()
    assert.deepEqual(bench.policy(1), ALL, 'the node answers: others may still be there')
  })

  test('what a standby has shown before it serves is stale, and reported once', async () => {
    const { active, standby } = await bench.withActiveAndStandby()
    let clock = 0
    standby.arrives(
      'bob',
      { source: 'camera', stamp: () => 7 },
      { source: 'microphone', stamp: () => ++clock },
    )
    await advance(1_000)
    bench.answer = { ok: false, refusal: { code: 'unreachable' } }
    active.emit(RoomEvent.SignalReconnecting)
    assert.deepEqual(bench.stale, ['bob/camera'], 'the audio arrives all the time')
    active.emit(RoomEvent.Reconnecting)
    await advance(500)
    assert.equal(bench.stale.length, 1)
    assert.equal(bench.failover.mediaMonitor.hasSound('bob/microphone'), true)
  })

  test('moved to its standby: what that has shown is stale', async () => {
    const { standby } = await bench.withActiveAndStandby()
    standby.arrives('bob', { source: 'microphone', stamp: () => 7 })
    await advance(2_000)
    assert.equal(bench.failover.mediaMonitor.hasSound('bob/microphone'), true)
    bench.failover.reconcile(answerOf(2))
    assert.deepEqual(bench.roles, ['1 previous up', '2 active up'])
    assert.equal(bench.failover.mediaMonitor.hasSound('bob/microphone'), false)
    await advance(1_000)
    assert.equal(bench.failover.mediaMonitor.hasSound('bob/microphone'), false, 'the same packet again')
    assert.equal(bench.failover.connections.active?.silent, false, 'nothing has been sent there yet')
  })

  test('its epoch in the answer promotes it; nothing is opened', async () => {
    const { active } = await bench.withActiveAndStandby()
    bench.answerWith(answerOf(2))
    active.emit(RoomEvent.SignalReconnecting)
    await tick()
    assert.deepEqual(bench.roles, ['1 previous degraded', '2 active up'])
    assert.deepEqual(bench.policy(1), NOTHING, 'the encoders are needed elsewhere')
    assert.equal(bench.rooms.length, 2)
    await advance(5_000)
    assert.equal(bench.asked.length, 1, 'it works')
  })

  test('the same epoch in the answer and the link is back: it is paused again', async () => {
    const { active } = await bench.withActiveAndStandby()
    active.emit(RoomEvent.SignalReconnecting)
    await tick()
    active.emit(RoomEvent.Reconnected)
    assert.deepEqual(bench.policy(2), NOTHING)
    assert.deepEqual(bench.roles, ['1 active up', '2 standby up'])
  })

  test('another standby: the old one is closed, the new one opened', async () => {
    const { standby } = await bench.withActiveAndStandby()
    bench.failover.reconcile(answerOf(1, { standby: standbyOf(3) }))
    await tick()
    await tick()
    assert.equal(standby.disconnected, true)
    assert.deepEqual(bench.roles, ['1 active up', '3 standby up'])
  })

  test('no standby in the answer: it is closed', async () => {
    const { standby } = await bench.withActiveAndStandby()
    bench.failover.reconcile(answerOf(1))
    assert.equal(standby.disconnected, true)
    assert.deepEqual(bench.roles, ['1 active up'])
  })

  test('its node dies: it is removed and rejoin is called; the meeting is not affected', async () => {
    const { standby } = await bench.withActiveAndStandby()
    bench.answerWith(answerOf(1, { standby: standbyOf(3) }))
    standby.breaks()
    assert.deepEqual(bench.roles, ['1 active up'])
    await advance(2_000)
    assert.deepEqual(bench.asked, [undefined])
    assert.deepEqual(bench.roles, ['1 active up', '3 standby up'])
  })

  test('a promoted standby may have a standby of its own', async () => {
    const { active } = await bench.withActiveAndStandby()
    bench.answerWith(answerOf(2, { standby: standbyOf(3) }))
    active.emit(RoomEvent.SignalReconnecting)
    await advance(1_000)
    assert.deepEqual(bench.roles, ['1 previous degraded', '2 active up'], 'not while the change is under way')
    await advance(1_500)
    assert.deepEqual(bench.roles.slice(-2), ['2 active up', '3 standby up'])
  })

  test('an eviction from the standby does not end the meeting', async () => {
    const { active, standby } = await bench.withActiveAndStandby()
    standby.breaks(DisconnectReason.DUPLICATE_IDENTITY)
    assert.deepEqual(bench.ended, [])
    active.breaks(DisconnectReason.PARTICIPANT_REMOVED)
    assert.deepEqual(bench.ended, ['removed'])
  })
})
