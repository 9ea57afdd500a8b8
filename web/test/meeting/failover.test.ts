import assert from 'node:assert/strict'
import { beforeEach, describe, mock, test } from 'node:test'
import type { JoinAnswer, NodeAccess } from '@levee/control-plane/contract'
import { DisconnectReason, RoomEvent, VideoQuality, type Room } from 'livekit-client'
import type { Answer, Refusal } from '../../src/api/client.ts'
import { Failover } from '../../src/meeting/failover/failover.ts'
import { watchSockets } from '../../src/meeting/connections/socket-watch.ts'
import { answerOf, FakeRoom, standbyOf } from './fake-room.ts'

/** A meeting's connections with everything around them faked; time is moved by the test. */
class Bench {
  readonly rooms: FakeRoom[] = []
  readonly asked: (number | undefined)[] = []
  readonly ended: string[] = []
  readonly taken: number[] = []
  readonly paces: string[] = []
  /** Epochs published to while media was still connecting. */
  readonly early: number[] = []
  /** Tracks whose earlier frames were declared old. */
  readonly stale: string[] = []
  /** What was sent to a standby when it was promoted, and how many calls of `rejoin` had been made by then. */
  readonly promotions: { sound: boolean; picture: boolean; asked: number }[] = []
  readonly refusals: Refusal[] = []
  /** The control plane's answer from now on. */
  answer: Answer<JoinAnswer> = { ok: true, value: answerOf(1) }
  /** Connection attempts succeed when this resolves; without it, at once. */
  opening: Promise<void> | undefined
  /** How often a node was probed, and whether it answers. */
  probes = 0
  answers = true
  /** Nodes that refuse connections. */
  readonly shut = new Set<string>()
  /** How often the page was to be refreshed. */
  changes = 0
  shown = 0
  settled = true
  readonly failover: Failover

  constructor() {
    this.failover = new Failover({
      newRoom: () => {
        const room = new FakeRoom()
        this.rooms.push(room)
        return room.asRoom
      },
      connect: async (_room: Room, access: NodeAccess) => {
        await this.opening
        if (this.shut.has(access.node)) throw new Error('shut')
      },
      rejoin: async (lost) => {
        this.asked.push(lost)
        return this.answer
      },
      isAnswering: async () => {
        this.probes++
        return this.answers
      },
      onChange: () => this.changes++,
      onOpening: () => {},
      publish: ({ epoch, link }) => link === 'connecting' && this.early.push(epoch),
      unpublish: () => {},
      resendMessages: () => {},
      onStale: (sids) => this.stale.push(...sids),
      onPromoted: () => {
        const { standby } = this.failover.connections
        if (standby)
          this.promotions.push({ ...this.failover.sendPolicyFor(standby), asked: this.asked.length })
      },
      setRetryPace: ({ epoch }, pace) => this.paces.push(`${epoch} ${pace}`),
      onAnswer: ({ epoch }) => this.taken.push(epoch),
      onRefusal: (refusal) => this.refusals.push(refusal),
      isRetryable: () => true,
      onEnd: (why) => this.ended.push(why),
      tracksShownFrom: () => this.shown,
      allSettled: () => this.settled,
    })
  }

  async begin(answer = answerOf(1)) {
    this.answer = { ok: true, value: answer }
    const room = new FakeRoom()
    this.rooms.push(room)
    await this.failover.begin(answer, room.asRoom)
    return room
  }

  refuses(code: Refusal['code']) {
    this.answer = { ok: false, refusal: { code, retryAfterSec: 2 } }
  }

  says(answer: JoinAnswer) {
    this.answer = { ok: true, value: answer }
  }

  get roles() {
    return this.failover.connections.all.map(({ epoch, role, link }) => `${epoch} ${role} ${link}`)
  }
}

class FakeSocket extends EventTarget {
  open() {
    this.dispatchEvent(new Event('open'))
  }
  drop() {
    this.dispatchEvent(new Event('close'))
  }
}
const sockets = { WebSocket: FakeSocket as unknown as typeof WebSocket }

/** Lets promises go on, then time. */
async function pass(ms = 0) {
  for (let i = 0; i < 10; i++) await Promise.resolve()
  mock.timers.tick(ms)
  for (let i = 0; i < 10; i++) await Promise.resolve()
}

/** In steps, so that what a timer starts has its own time. */
async function passSlowly(ms: number) {
  for (let done = 0; done < ms; done += 50) await pass(50)
}

let bench: Bench
const ALL = { sound: true, picture: true }
const FEW = { ...ALL, lowFrameRate: true }
const sendingOnAll = () =>
  bench.failover.connections.all.map((connection) => bench.failover.sendPolicyFor(connection))
beforeEach(() => {
  mock.timers.reset()
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: 1_000_000 })
  bench = new Bench()
})

describe('crash, cold', () => {
  test('the first sign asks at once with the lost epoch; a higher epoch opens a connection there at once', async () => {
    const old = await bench.begin()
    bench.says(answerOf(2))
    old.emit(RoomEvent.SignalReconnecting)
    await pass()
    await pass()
    assert.deepEqual(bench.asked, [1])
    assert.deepEqual(bench.roles, ['1 previous degraded', '2 active up'])
  })

  test('the old room is not disconnected first, and not before 1.5 s', async () => {
    const old = await bench.begin()
    old.arrives('bob', { source: 'camera' })
    bench.shown = 1
    bench.says(answerOf(2))
    old.emit(RoomEvent.SignalReconnecting)
    await passSlowly(1_400)
    assert.equal(old.disconnected, false)
    await passSlowly(600)
    assert.equal(old.disconnected, true)
    assert.deepEqual(bench.roles, ['1 previous closed', '2 active up'], 'who was there is still remembered')
    bench.shown = 0
    bench.rooms[1]?.arrives('bob')
    await passSlowly(300)
    assert.deepEqual(bench.roles, ['2 active up'])
  })

  test('the same epoch is asked again with growing pauses, and not any more when the link is back', async () => {
    const room = await bench.begin()
    room.emit(RoomEvent.SignalReconnecting)
    await passSlowly(3_000)
    assert.ok(bench.asked.length >= 4 && bench.asked.length <= 6, `${bench.asked.length} questions`)
    assert.ok(bench.asked.every((lost) => lost === 1))
    room.emit(RoomEvent.Reconnected)
    const before = bench.asked.length
    await passSlowly(5_000)
    assert.equal(bench.asked.length, before)
    assert.deepEqual(bench.roles, ['1 active up'])
  })

  test('control plane away: asked again, and LiveKit’s own return ends it', async () => {
    const room = await bench.begin()
    bench.answer = { ok: false, refusal: { code: 'unreachable' } }
    room.emit(RoomEvent.SignalReconnecting)
    await passSlowly(2_000)
    assert.ok(bench.refusals.length >= 3)
    room.emit(RoomEvent.Reconnected)
    assert.equal(bench.failover.troubled, false)
    assert.deepEqual(bench.roles, ['1 active up'])
  })

  test('the node was restarted: its place is opened anew, and the old room goes first', async () => {
    const room = await bench.begin()
    room.emit(RoomEvent.SignalReconnecting)
    await pass()
    room.emit(RoomEvent.Reconnecting)
    assert.equal(room.disconnected, true)
    await pass()
    assert.deepEqual(bench.roles, ['1 previous closed', '1 active up'])
    assert.equal(bench.failover.troubled, false)
  })

  test('a socket that is let in and closed again says that the node is back: no waiting for LiveKit', async () => {
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
    await pass()
    assert.equal(room.disconnected, true)
    assert.deepEqual(bench.roles, ['1 previous closed', '1 active up'])
  })

  test('the place does not open: tried with each answer until it does', async () => {
    const room = await bench.begin()
    bench.shut.add('node-1')
    room.breaks(DisconnectReason.SERVER_SHUTDOWN)
    await passSlowly(2_500)
    assert.ok(bench.rooms.length > 2, 'several tries')
    bench.shut.clear()
    await passSlowly(1_500)
    assert.equal(bench.failover.connections.active?.link, 'up')
  })

  test('nobody leaves because a node did: who was there is remembered', async () => {
    const { viewConnection } = await import('../../src/meeting/selection/connection-view.ts')
    const room = await bench.begin()
    room.arrives('bob', { source: 'camera' })
    const connection = bench.failover.connections.active
    assert.ok(connection)
    const look = () => viewConnection(connection, { has: () => true, flows: () => true })
    assert.equal(look().people.filter(({ identity }) => identity === 'bob').length, 1)
    bench.shut.add('node-1')
    room.breaks()
    const after = look()
    assert.equal(after.dead, true)
    const bob = after.people.find(({ identity }) => identity === 'bob')
    assert.equal(bob?.tracks[0]?.delivers, false)
  })

  test('an answer older than where we are is ignored', async () => {
    await bench.begin(answerOf(5))
    bench.failover.reconcile(answerOf(4, { standby: standbyOf(6) }))
    await passSlowly(3_000)
    assert.deepEqual(bench.roles, ['5 active up'])
    assert.deepEqual(bench.taken, [5])
  })

  test('a branch that is cut off, and is not any more: the last answer counts, though its epochs are far apart', async () => {
    await bench.begin(answerOf(5))
    bench.failover.reconcile(answerOf(2_800_000_000))
    await passSlowly(20_000)
    assert.deepEqual(bench.roles, ['2800000000 active up'])
    bench.failover.reconcile(answerOf(2_700_000_000))
    assert.deepEqual(bench.roles, ['2800000000 active up'], 'older, of the same row')
    bench.failover.reconcile(answerOf(5))
    await passSlowly(20_000)
    assert.deepEqual(bench.roles, ['5 active up'])
  })
})

describe('a connection that opens', () => {
  test('what we send is negotiated as soon as another node lets us in, and once for each connection', async () => {
    const first = new FakeRoom()
    let open = () => {}
    bench.opening = new Promise((resolve) => (open = resolve))
    const begun = bench.failover.begin(answerOf(1), first.asRoom)
    await pass()
    first.emit(RoomEvent.SignalConnected)
    assert.deepEqual(bench.early, [], 'at first the pictures of the others come before ours')
    open()
    await begun
    bench.opening = new Promise((resolve) => (open = resolve))
    bench.failover.reconcile(answerOf(2))
    await pass()
    bench.rooms[0]?.emit(RoomEvent.SignalConnected)
    assert.deepEqual(bench.early, [2])
    assert.deepEqual(bench.roles, ['1 previous up', '2 active connecting'], 'media is still on its access')
    open()
    await pass()
    // LiveKit starts the session anew, and publishes by itself.
    bench.rooms[0]?.emit(RoomEvent.SignalConnected)
    assert.deepEqual(bench.early, [2])
  })
})

describe('planned move', () => {
  test('the old connection stays until everybody has come and all is shown from the new one', async () => {
    const old = await bench.begin()
    old.arrives('bob')
    bench.shown = 2
    bench.failover.reconcile(answerOf(2))
    await passSlowly(4_000)
    assert.deepEqual(bench.roles, ['1 previous up', '2 active up'])
    assert.deepEqual(sendingOnAll(), [FEW, FEW], 'to both, while it moves')
    bench.shown = 0
    await passSlowly(500)
    assert.equal(old.disconnected, false, 'Bob is still missing')
    bench.rooms[1]?.arrives('bob')
    await passSlowly(500)
    assert.equal(old.disconnected, true)
    assert.deepEqual(bench.roles, ['2 active up'])
    assert.deepEqual(sendingOnAll(), [ALL])
  })

  test('few frames go to two nodes from the beginning, and all to the old one when the new one is slow', async () => {
    await bench.begin()
    let open = () => {}
    bench.opening = new Promise((resolve) => (open = resolve))
    bench.failover.reconcile(answerOf(2))
    assert.deepEqual(sendingOnAll()[0], FEW)
    await passSlowly(1_900)
    assert.deepEqual(sendingOnAll()[0], FEW)
    const announced = bench.changes
    await passSlowly(600)
    assert.deepEqual(sendingOnAll()[0], ALL)
    assert.ok(bench.changes > announced, 'so the publishers hear of it')
    open()
    await pass()
    assert.deepEqual(sendingOnAll(), [FEW, FEW])
  })

  test('ten seconds are enough for a sleeping page', async () => {
    const old = await bench.begin()
    old.arrives('bob')
    bench.failover.reconcile(answerOf(2))
    await passSlowly(9_000)
    assert.equal(old.disconnected, false)
    await passSlowly(1_500)
    assert.equal(old.disconnected, true)
  })

  test('a new node that lets nobody in costs nothing: the old one serves on', async () => {
    const old = await bench.begin()
    bench.shut.add('node-2')
    bench.failover.reconcile(answerOf(2))
    bench.says(answerOf(2))
    await passSlowly(12_000)
    assert.equal(old.disconnected, false)
    assert.deepEqual(sendingOnAll()[0], ALL)
    bench.shut.clear()
    await passSlowly(5_000)
    assert.deepEqual(bench.roles, ['2 active up'])
  })
})

describe('the only node is unreachable', () => {
  /** Refused again and again for three seconds. */
  async function unreachable(code: Refusal['code']) {
    const room = await bench.begin()
    bench.refuses(code)
    bench.answers = false
    room.emit(RoomEvent.SignalReconnecting)
    await passSlowly(3_000)
  }

  test('it is knocked at, and joined anew as soon as LiveKit listens, without a question', async () => {
    await unreachable('no_node')
    assert.ok(bench.probes >= 10 && bench.probes <= 30, `${bench.probes} probes`)
    assert.deepEqual(bench.roles, ['1 active degraded'])
    const asked = bench.asked.length
    bench.answers = true
    await passSlowly(200)
    assert.deepEqual(bench.roles.slice(-1), ['1 active up'])
    assert.equal(bench.asked.length, asked)
    const { probes } = bench
    await passSlowly(1_000)
    assert.equal(bench.probes, probes, 'nobody knocks where we are in')
  })

  test('in a long meeting it is joined by the token that the node gave for coming back', async () => {
    const room = await bench.begin()
    await passSlowly(200_000)
    room.engine.emit('tokenRefreshed', 'refreshedToken')
    await passSlowly(200_000)
    bench.refuses('no_node')
    bench.answers = false
    room.emit(RoomEvent.SignalReconnecting)
    await passSlowly(3_000)
    const asked = bench.asked.length
    bench.answers = true
    await passSlowly(200)
    assert.deepEqual(bench.roles.slice(-1), ['1 active up'])
    assert.equal(bench.failover.connections.active?.access.participantToken, 'refreshedToken')
    assert.equal(bench.asked.length, asked)
  })

  test('with tokens that are too old the control plane is asked at once', async () => {
    await unreachable('fleet_full')
    await passSlowly(100_000)
    assert.ok(bench.probes < 400, `${bench.probes} probes`)
    const before = bench.asked.length
    while (bench.asked.length === before) await pass(50)
    const asked = bench.asked.length
    bench.answers = true
    await passSlowly(1_400)
    assert.ok(
      bench.asked.length > asked,
      'without a probe the next question comes after 1.6 s at the earliest',
    )
    assert.deepEqual(bench.roles, ['1 active degraded'])
  })

  test('where nobody knows that it is unreachable, nobody knocks: its session may live', async () => {
    await unreachable('unreachable')
    assert.equal(bench.probes, 0)
    await unreachable('store_unavailable')
    assert.equal(bench.probes, 0)
  })
})

describe('warm standby', () => {
  const withStandby = answerOf(1, { standby: standbyOf(2) })

  async function standing() {
    const active = await bench.begin(withStandby)
    bench.failover.pictureShown()
    await pass()
    await pass()
    assert.deepEqual(bench.roles, ['1 active up', '2 standby up'])
    const standby = bench.rooms[1]
    assert.ok(standby)
    return { active, standby }
  }
  const sendPolicy = (epoch: number) => {
    const connection = bench.failover.connections.all.find((connection) => connection.epoch === epoch)
    assert.ok(connection)
    return bench.failover.sendPolicyFor(connection)
  }

  test('it opens after the first picture, or after two seconds in an empty meeting', async () => {
    await bench.begin(withStandby)
    await passSlowly(1_500)
    assert.deepEqual(bench.roles, ['1 active up'])
    await passSlowly(700)
    assert.deepEqual(bench.roles, ['1 active up', '2 standby up'])
  })

  test('nothing goes out there; with sound, sound does', async () => {
    await standing()
    assert.deepEqual(sendPolicy(2), { sound: false, picture: false })
    assert.deepEqual(sendPolicy(1), { sound: true, picture: true })
    bench.failover.reconcile(answerOf(1, { standby: standbyOf(2, true) }))
    assert.deepEqual(sendPolicy(2), { sound: true, picture: false })
    assert.equal(bench.rooms.length, 2, 'the same connection')
  })

  test('at the first sign it promoted, before anybody has answered', async () => {
    const { active } = await standing()
    bench.answer = { ok: false, refusal: { code: 'unreachable' } }
    active.emit(RoomEvent.SignalReconnecting)
    assert.deepEqual(sendPolicy(2), { sound: true, picture: true })
    assert.deepEqual(bench.asked, [1])
    assert.equal(bench.paces.at(-1), '1 slow')
    assert.deepEqual(bench.promotions, [{ sound: true, picture: true, asked: 0 }], 'sent first, then asked')
  })

  test('a socket that closes while media still comes: both are sent to; when it does not, only the standby', async () => {
    let clock = 1
    let flows = true
    const stamp = () => (flows ? clock++ : clock)
    const { active } = await standing()
    bench.answer = { ok: false, refusal: { code: 'unreachable' } }
    active.arrives('bob', { source: 'camera', stamp }, { source: 'microphone', stamp })
    await passSlowly(300)
    active.emit(RoomEvent.SignalReconnecting)
    await passSlowly(400)
    assert.deepEqual(sendPolicy(1), { sound: true, picture: true }, 'others may still be there')
    flows = false
    await passSlowly(250)
    assert.deepEqual(
      sendPolicy(1),
      { sound: false, picture: false },
      'what goes there costs the standby its start',
    )
    flows = true
    await passSlowly(150)
    assert.deepEqual(sendPolicy(1), { sound: true, picture: true })
  })

  test('a node that dies with its socket is known to be dead a tenth of a second later', async () => {
    let clock = 1
    let flows = true
    const stamp = () => (flows ? clock++ : clock)
    const { active } = await standing()
    bench.answer = { ok: false, refusal: { code: 'unreachable' } }
    active.arrives('bob', { source: 'camera', stamp }, { source: 'microphone', stamp })
    await passSlowly(300)
    await pass(70)
    flows = false
    active.emit(RoomEvent.SignalReconnecting)
    // The look comes after what is sent.
    await pass(1)
    await pass(99)
    assert.deepEqual(sendPolicy(1), { sound: true, picture: true })
    await pass(1)
    assert.deepEqual(sendPolicy(1), { sound: false, picture: false })
  })

  test('without a standby the new place is asked seldom: there is nothing to choose from', async () => {
    const lost = await bench.begin()
    lost.arrives('bob', { source: 'camera', stamp: () => 1 }, { source: 'microphone', stamp: () => 1 })
    await passSlowly(600)
    bench.says(answerOf(2))
    lost.emit(RoomEvent.SignalReconnecting)
    await passSlowly(600)
    let asked = 0
    bench.rooms[1]?.arrives('bob', { source: 'camera', stamp: () => ++asked })
    await passSlowly(1_000)
    assert.ok(asked > 0 && asked <= 3, `${asked} times`)
  })

  test('at the first sign the standby is sent to before any receiver is asked', async () => {
    let asked = 0
    const { active } = await standing()
    active.arrives('bob', { source: 'camera', stamp: () => ++asked })
    await passSlowly(1_000)
    const before = asked
    active.emit(RoomEvent.SignalReconnecting)
    assert.deepEqual(sendPolicy(2), ALL)
    assert.equal(asked, before)
    await pass(1)
    assert.ok(asked > before)
  })

  test('of a place that is given up no receiver is asked any more', async () => {
    let asked = 0
    const { active } = await standing()
    active.arrives('bob', { source: 'camera', stamp: () => ++asked })
    await passSlowly(1_000)
    assert.ok(asked > 2)
    bench.answers = false
    active.emit(RoomEvent.SignalReconnecting)
    await pass()
    const before = asked
    await passSlowly(1_000)
    assert.equal(asked, before)
  })

  test('a socket that closes at a node where nobody listens: nothing goes there any more, at once', async () => {
    let clock = 1
    const { active } = await standing()
    bench.answer = { ok: false, refusal: { code: 'unreachable' } }
    // A jitter buffer plays on.
    active.arrives('bob', { source: 'camera', stamp: () => clock++ })
    await passSlowly(300)
    bench.answers = false
    active.emit(RoomEvent.SignalReconnecting)
    await pass()
    assert.deepEqual(sendPolicy(1), { sound: false, picture: false })
    assert.deepEqual(sendPolicy(2), { sound: true, picture: true })
    active.emit(RoomEvent.Reconnected)
    assert.deepEqual(sendPolicy(1), { sound: true, picture: true }, 'it was only restarted')
    bench.answers = true
    active.emit(RoomEvent.SignalReconnecting)
    await pass()
    assert.deepEqual(
      sendPolicy(1),
      { sound: true, picture: true },
      'somebody listens: others may still be there',
    )
  })

  test('what a standby has shown before it serves is old, and announced to be so once', async () => {
    const { active, standby } = await standing()
    let clock = 0
    standby.arrives(
      'bob',
      { source: 'camera', stamp: () => 7 },
      { source: 'microphone', stamp: () => ++clock },
    )
    await passSlowly(1_000)
    bench.answer = { ok: false, refusal: { code: 'unreachable' } }
    active.emit(RoomEvent.SignalReconnecting)
    assert.deepEqual(bench.stale, ['bob/camera'], 'the voice comes all the time')
    active.emit(RoomEvent.Reconnecting)
    await passSlowly(500)
    assert.equal(bench.stale.length, 1)
    assert.equal(bench.failover.mediaMonitor.hears('bob/microphone'), true)
  })

  test('moved to its standby: what that has shown is old', async () => {
    const { standby } = await standing()
    standby.arrives('bob', { source: 'microphone', stamp: () => 7 })
    await passSlowly(2_000)
    assert.equal(bench.failover.mediaMonitor.hears('bob/microphone'), true)
    bench.failover.reconcile(answerOf(2))
    assert.deepEqual(bench.roles, ['1 previous up', '2 active up'])
    assert.equal(bench.failover.mediaMonitor.hears('bob/microphone'), false)
    await passSlowly(1_000)
    assert.equal(bench.failover.mediaMonitor.hears('bob/microphone'), false, 'the same packet again')
    assert.equal(bench.failover.connections.active?.silent, false, 'nobody has begun to send there')
  })

  test('its epoch in the answer promotes it; nothing is opened', async () => {
    const { active } = await standing()
    bench.says(answerOf(2))
    active.emit(RoomEvent.SignalReconnecting)
    await pass()
    assert.deepEqual(bench.roles, ['1 previous degraded', '2 active up'])
    assert.deepEqual(sendPolicy(1), { sound: false, picture: false }, 'the encoders are needed elsewhere')
    assert.equal(bench.rooms.length, 2)
    await passSlowly(5_000)
    assert.equal(bench.asked.length, 1, 'all is well there')
  })

  test('the same epoch and the link is back: it is paused again', async () => {
    const { active } = await standing()
    active.emit(RoomEvent.SignalReconnecting)
    await pass()
    active.emit(RoomEvent.Reconnected)
    assert.deepEqual(sendPolicy(2), { sound: false, picture: false })
    assert.deepEqual(bench.roles, ['1 active up', '2 standby up'])
  })

  test('after a move a shared film is taken small for two seconds; cameras and texts are left alone', async () => {
    await bench.begin()
    bench.says(answerOf(2))
    bench.failover.pageResumed()
    await pass()
    const [, room] = bench.rooms
    assert.ok(room)
    room.arrives('bob', { source: 'camera' }, { source: 'screen_share', simulcasted: true })
    room.arrives('cem', { source: 'screen_share' })
    const quality = (who: string, source: string) =>
      room.remoteParticipants.get(who)?.trackPublications.get(`${who}/${source}`)?.quality
    assert.equal(quality('bob', 'screen_share'), VideoQuality.LOW)
    await passSlowly(1_800)
    assert.equal(quality('bob', 'screen_share'), VideoQuality.LOW)
    await passSlowly(1_000)
    assert.equal(quality('bob', 'screen_share'), VideoQuality.HIGH)
    assert.equal(quality('bob', 'camera'), undefined)
    assert.equal(quality('cem', 'screen_share'), undefined)
  })

  test('after a crash without a standby cameras are taken small too, for two seconds', async () => {
    const lost = await bench.begin()
    bench.says(answerOf(2))
    lost.emit(RoomEvent.SignalReconnecting)
    await pass()
    const [, room] = bench.rooms
    room?.arrives('bob', { source: 'camera' })
    const quality = () => room?.remoteParticipants.get('bob')?.trackPublications.get('bob/camera')?.quality
    assert.equal(quality(), VideoQuality.LOW)
    await passSlowly(1_400)
    assert.equal(quality(), VideoQuality.LOW)
    await passSlowly(1_200)
    assert.equal(quality(), VideoQuality.HIGH)
  })

  test('cameras are taken small from a standby, and large when it has served for two seconds', async () => {
    const { active, standby } = await standing()
    const qualityIn = (room: FakeRoom, source: string) =>
      room.remoteParticipants.get('bob')?.trackPublications.get(`bob/${source}`)?.quality
    for (const room of [active, standby])
      room.arrives('bob', { source: 'camera' }, { source: 'screen_share' })
    assert.equal(qualityIn(active, 'camera'), undefined)
    assert.equal(qualityIn(standby, 'camera'), VideoQuality.LOW)
    assert.equal(qualityIn(standby, 'screen_share'), undefined)
    // A false alarm.
    active.emit(RoomEvent.SignalReconnecting)
    await passSlowly(1_500)
    active.emit(RoomEvent.Reconnected)
    await passSlowly(1_000)
    assert.equal(qualityIn(standby, 'camera'), VideoQuality.LOW)
    bench.says(answerOf(2))
    active.emit(RoomEvent.SignalReconnecting)
    await passSlowly(1_800)
    assert.equal(qualityIn(standby, 'camera'), VideoQuality.LOW)
    await passSlowly(400)
    assert.equal(qualityIn(standby, 'camera'), VideoQuality.HIGH)
    standby.arrives('cem', { source: 'camera' })
    assert.equal(
      standby.remoteParticipants.get('cem')?.trackPublications.get('cem/camera')?.quality,
      undefined,
    )
  })

  test('pictures grow one sender after the other, everywhere in the same order', async () => {
    const { active, standby } = await standing()
    for (const who of ['ann', 'bob', 'zoe']) standby.arrives(who, { source: 'camera' })
    bench.says(answerOf(2))
    active.emit(RoomEvent.SignalReconnecting)
    await passSlowly(1_800)
    const isLarge = (who: string) =>
      standby.remoteParticipants.get(who)?.trackPublications.get(`${who}/camera`)?.quality ===
      VideoQuality.HIGH
    const grown = new Map<string, number>()
    for (let atMs = 1_800; atMs < 5_000; atMs += 50) {
      for (const who of ['zoe', 'bob', 'ann']) if (isLarge(who) && !grown.has(who)) grown.set(who, atMs)
      await passSlowly(50)
    }
    assert.deepEqual([...grown.keys()], ['ann', 'bob', 'zoe'])
    const [first = 0, second = 0, third = 0] = grown.values()
    assert.ok(
      first >= 2_000 && first < second && third - second >= 800,
      'our own turn lies between the last two',
    )
  })

  test('another standby: the old one is closed, the new one opened', async () => {
    const { standby } = await standing()
    bench.failover.reconcile(answerOf(1, { standby: standbyOf(3) }))
    await pass()
    await pass()
    assert.equal(standby.disconnected, true)
    assert.deepEqual(bench.roles, ['1 active up', '3 standby up'])
  })

  test('none any more: closed', async () => {
    const { standby } = await standing()
    bench.failover.reconcile(answerOf(1))
    assert.equal(standby.disconnected, true)
    assert.deepEqual(bench.roles, ['1 active up'])
  })

  test('its node dies: it is dropped and the control plane asked, the meeting does not notice', async () => {
    const { standby } = await standing()
    bench.says(answerOf(1, { standby: standbyOf(3) }))
    standby.breaks()
    assert.deepEqual(bench.roles, ['1 active up'])
    await passSlowly(2_000)
    assert.deepEqual(bench.asked, [undefined])
    assert.deepEqual(bench.roles, ['1 active up', '3 standby up'])
  })

  test('a promoted standby may have a standby of its own', async () => {
    const { active } = await standing()
    bench.says(answerOf(2, { standby: standbyOf(3) }))
    active.emit(RoomEvent.SignalReconnecting)
    await passSlowly(1_000)
    assert.deepEqual(bench.roles, ['1 previous degraded', '2 active up'], 'not in the access of the change')
    await passSlowly(1_500)
    assert.deepEqual(bench.roles.slice(-2), ['2 active up', '3 standby up'])
  })

  test('thrown out of the standby is not thrown out of the meeting', async () => {
    const { active, standby } = await standing()
    standby.breaks(DisconnectReason.DUPLICATE_IDENTITY)
    assert.deepEqual(bench.ended, [])
    active.breaks(DisconnectReason.PARTICIPANT_REMOVED)
    assert.deepEqual(bench.ended, ['removed'])
  })
})

describe('a node that hangs', () => {
  test('one of several that is silent is a person, not a node', async () => {
    let clock = 1
    const stamp = () => clock++
    let bobSends = true
    const active = await bench.begin(answerOf(1, { standby: standbyOf(2) }))
    active.arrives('bob', { source: 'camera', stamp: () => (bobSends ? clock++ : 1) })
    active.arrives('cem', { source: 'camera', stamp }, { source: 'microphone', stamp })
    bench.failover.pictureShown()
    await passSlowly(1_000)
    bobSends = false
    await passSlowly(2_000)
    assert.equal(bench.failover.connections.standby?.promoted, false)
    assert.deepEqual(bench.asked, [])
  })

  test('all that flowed is silent for 300 ms: the standby promoted and we ask; it flows again: paused', async () => {
    let clock = 1
    let flows = true
    const stamp = () => (flows ? clock++ : clock)
    const active = await bench.begin(answerOf(1, { standby: standbyOf(2) }))
    active.arrives('bob', { source: 'camera', stamp }, { source: 'microphone', stamp })
    bench.failover.pictureShown()
    await passSlowly(1_000)
    const standby = bench.failover.connections.standby
    assert.equal(standby?.promoted, false)
    flows = false
    await passSlowly(500)
    assert.equal(standby?.promoted, true)
    assert.deepEqual(bench.asked[0], 1)
    const onActive = () => {
      const { active } = bench.failover.connections
      return active && bench.failover.sendPolicyFor(active)
    }
    assert.deepEqual(onActive(), { sound: false, picture: false }, 'though its socket is open')
    flows = true
    await passSlowly(300)
    assert.equal(standby?.promoted, false)
    assert.deepEqual(onActive(), { sound: true, picture: true })
    assert.deepEqual(bench.roles, ['1 active up', '2 standby up'], 'silence alone gives no node up')
    flows = false
    await passSlowly(500)
    assert.equal(standby?.promoted, false, 'after a false alarm we are more patient')
    await passSlowly(300)
    assert.equal(standby?.promoted, true)
  })

  test('silence is noticed after 250 to 350 ms, whenever the last packet came', async () => {
    for (let phaseMs = 0; phaseMs < 100; phaseMs += 10) {
      bench.failover.leave('left')
      bench = new Bench()
      let clock = 1
      let flows = true
      const stamp = () => (flows ? clock++ : clock)
      const active = await bench.begin(answerOf(1, { standby: standbyOf(2) }))
      active.arrives('bob', { source: 'camera', stamp }, { source: 'microphone', stamp })
      bench.failover.pictureShown()
      await passSlowly(1_000)
      await pass(phaseMs)
      flows = false
      let silentMs = 0
      for (; bench.failover.connections.standby?.promoted === false; silentMs += 10) await pass(10)
      assert.ok(silentMs >= 250 && silentMs <= 360, `${silentMs} ms at ${phaseMs}`)
    }
  })

  test('somebody who sends on the standby alone is answered there, until they are back', async () => {
    let clock = 1
    const stamp = () => clock++
    let bobHere = true
    const active = await bench.begin(answerOf(1, { standby: standbyOf(2) }))
    active.arrives('bob', { source: 'camera', trackSid: 'bob-1', stamp: () => (bobHere ? clock++ : 0) })
    active.arrives('cem', { source: 'camera', trackSid: 'cem-1', stamp })
    bench.failover.pictureShown()
    await passSlowly(300)
    const standby = bench.failover.connections.standby
    assert.equal(standby?.mirrored, false)
    bobHere = false
    bench.rooms[1]?.arrives('bob', { source: 'camera', trackSid: 'bob-2', stamp })
    await passSlowly(500)
    assert.equal(standby?.mirrored, false, 'not for a moment of slowness')
    await passSlowly(800)
    assert.equal(standby?.mirrored, true)
    assert.equal(standby?.promoted, false)
    bobHere = true
    await passSlowly(400)
    assert.equal(standby?.mirrored, false)
  })
})

describe('ask again', () => {
  test('a rising number in the room’s metadata asks once, within 2 s, without a lost epoch', async () => {
    const room = await bench.begin()
    room.metadata = '{"ask":3}'
    room.emit(RoomEvent.RoomMetadataChanged, room.metadata)
    await passSlowly(2_100)
    assert.deepEqual(bench.asked, [undefined])
    room.emit(RoomEvent.RoomMetadataChanged, room.metadata)
    room.metadata = '{"ask":2}'
    room.emit(RoomEvent.RoomMetadataChanged, room.metadata)
    await passSlowly(2_100)
    assert.equal(bench.asked.length, 1, 'the same or an older number is not news')
  })

  test('a number that is there already when the link comes back counts too', async () => {
    const room = await bench.begin()
    room.emit(RoomEvent.SignalReconnecting)
    room.metadata = '{"ask":1}'
    room.emit(RoomEvent.Reconnected)
    await passSlowly(2_100)
    assert.equal(bench.asked.at(-1), undefined)
  })

  test('the page was asleep: asked once', async () => {
    await bench.begin()
    bench.failover.pageResumed()
    await passSlowly(5_000)
    assert.deepEqual(bench.asked, [undefined])
  })
})
