import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { RoomEvent, VideoQuality } from 'livekit-client'
import { answerOf, FakeRoom } from '../fake-room.ts'
import { advance, tick, startBench, type Bench } from './bench.ts'

let bench: Bench
beforeEach(() => {
  bench = startBench()
})

describe('which size of a picture is received', () => {
  test('after a move a shared film is received small for two seconds; cameras and texts are not touched', async () => {
    await bench.begin()
    bench.answerWith(answerOf(2))
    bench.failover.pageResumed()
    await tick()
    const [, room] = bench.rooms
    assert.ok(room)
    room.arrives('bob', { source: 'camera' }, { source: 'screen_share', simulcasted: true })
    room.arrives('cem', { source: 'screen_share' })
    const quality = (who: string, source: string) =>
      room.remoteParticipants.get(who)?.trackPublications.get(`${who}/${source}`)?.quality
    assert.equal(quality('bob', 'screen_share'), VideoQuality.LOW)
    await advance(1_800)
    assert.equal(quality('bob', 'screen_share'), VideoQuality.LOW)
    await advance(1_000)
    assert.equal(quality('bob', 'screen_share'), VideoQuality.HIGH)
    assert.equal(quality('bob', 'camera'), undefined)
    assert.equal(quality('cem', 'screen_share'), undefined)
  })

  test('after a crash without a standby cameras are received small too, for two seconds', async () => {
    const lost = await bench.begin()
    bench.answerWith(answerOf(2))
    lost.emit(RoomEvent.SignalReconnecting)
    await tick()
    const [, room] = bench.rooms
    room?.arrives('bob', { source: 'camera' })
    const quality = () => room?.remoteParticipants.get('bob')?.trackPublications.get('bob/camera')?.quality
    assert.equal(quality(), VideoQuality.LOW)
    await advance(1_400)
    assert.equal(quality(), VideoQuality.LOW)
    await advance(1_200)
    assert.equal(quality(), VideoQuality.HIGH)
  })

  test('cameras are received small from a standby, and large when it has served for two seconds', async () => {
    const { active, standby } = await bench.withActiveAndStandby()
    const qualityIn = (room: FakeRoom, source: string) =>
      room.remoteParticipants.get('bob')?.trackPublications.get(`bob/${source}`)?.quality
    for (const room of [active, standby])
      room.arrives('bob', { source: 'camera' }, { source: 'screen_share' })
    assert.equal(qualityIn(active, 'camera'), undefined)
    assert.equal(qualityIn(standby, 'camera'), VideoQuality.LOW)
    assert.equal(qualityIn(standby, 'screen_share'), undefined)
    // A false alarm.
    active.emit(RoomEvent.SignalReconnecting)
    await advance(1_500)
    active.emit(RoomEvent.Reconnected)
    await advance(1_000)
    assert.equal(qualityIn(standby, 'camera'), VideoQuality.LOW)
    bench.answerWith(answerOf(2))
    active.emit(RoomEvent.SignalReconnecting)
    await advance(1_800)
    assert.equal(qualityIn(standby, 'camera'), VideoQuality.LOW)
    await advance(400)
    assert.equal(qualityIn(standby, 'camera'), VideoQuality.HIGH)
    standby.arrives('cem', { source: 'camera' })
    assert.equal(
      standby.remoteParticipants.get('cem')?.trackPublications.get('cem/camera')?.quality,
      undefined,
    )
  })

  test('video grows one sender after the other, in the same order for every receiver', async () => {
    const { active, standby } = await bench.withActiveAndStandby()
    for (const who of ['ann', 'bob', 'zoe']) standby.arrives(who, { source: 'camera' })
    bench.answerWith(answerOf(2))
    active.emit(RoomEvent.SignalReconnecting)
    await advance(1_800)
    const isLarge = (who: string) =>
      standby.remoteParticipants.get(who)?.trackPublications.get(`${who}/camera`)?.quality ===
      VideoQuality.HIGH
    const grown = new Map<string, number>()
    for (let atMs = 1_800; atMs < 5_000; atMs += 50) {
      for (const who of ['zoe', 'bob', 'ann']) if (isLarge(who) && !grown.has(who)) grown.set(who, atMs)
      await advance(50)
    }
    assert.deepEqual([...grown.keys()], ['ann', 'bob', 'zoe'])
    const [first = 0, second = 0, third = 0] = grown.values()
    assert.ok(
      first >= 2_000 && first < second && third - second >= 800,
      'our own turn is between the last two',
    )
  })
})
