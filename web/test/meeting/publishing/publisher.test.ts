// What each connection sends of the same microphone, camera and screen: pauses, standbys, frame rates, sizes.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Room, VideoQuality } from 'livekit-client'
import type { ShareFor } from '../../../src/devices/capture.ts'
import { Publisher } from '../../../src/meeting/publishing/publisher.ts'
import { type FakeConnection, FakeTrack, createMedia, settled } from '../../devices/fake-media.ts'

describe('what a connection sends', () => {
  test('on a standby inactive tracks stop without signalling; once it serves, pauses are signalled', async () => {
    const { own, connection, begin } = createMedia()
    await begin()
    let rests = true
    const b = connection({ rests: () => rests })
    await b.sender.sync({ sound: true, picture: false })
    await settled()
    const [microphone, camera] = [b.of('microphone'), b.of('camera')]
    assert.ok(microphone && camera)
    assert.equal(microphone.sender.track, microphone.track)
    assert.equal(camera.sender.track, null)
    assert.equal(camera.isUpstreamPaused, false, 'LiveKit would signal a mute to everyone')
    // Another camera must not start to flow there.
    await own.switchDevice('camera', 'other')
    await settled()
    assert.equal(camera.sender.track, null)
    await b.sender.sync({ sound: true, picture: true })
    assert.equal(camera.sender.track, camera.track)
    rests = false
    await b.sender.sync({ sound: false, picture: false })
    assert.equal(camera.isUpstreamPaused, true)
    await b.sender.sync({ sound: true, picture: true })
    assert.equal(camera.sender.track, camera.track)
  })

  test('on a standby a stream stops once the node has received some of it, or after a time limit', async (t) => {
    const { connection, begin } = createMedia()
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'] })
    const lookAfter = async (ms: number) => {
      t.mock.timers.tick(ms)
      await settled()
    }
    await begin()
    const b = connection({ rests: () => true, arrived: false })
    await b.sender.sync({ sound: false, picture: false })
    await settled()
    const [microphone, camera] = [b.of('microphone'), b.of('camera')]
    assert.ok(microphone && camera)
    await lookAfter(1_000)
    assert.equal(camera.sender.track, camera.track, 'otherwise it would not be announced to the others')
    camera.arrived = true
    await lookAfter(1_000)
    assert.equal(camera.sender.track, null)
    assert.equal(microphone.sender.track, microphone.track)
    for (let waited = 0; waited < 4_000; waited += 200) await lookAfter(200)
    assert.equal(microphone.sender.track, null)
  })

  test('a standby that takes over does not wait for streams that were about to stop', async () => {
    const { connection, begin } = createMedia()
    await begin()
    let rests = true
    const b = connection({ rests: () => rests, arrived: false })
    await b.sender.sync({ sound: false, picture: false })
    rests = false
    await b.sender.sync({ sound: true, picture: true })
    for (const source of ['microphone', 'camera'])
      assert.equal(b.of(source)?.sender.track, b.of(source)?.track)
    await b.sender.sync({ sound: false, picture: false })
    assert.equal(b.of('camera')?.isUpstreamPaused, true)
  })

  test('on a serving connection pauses are signalled', async () => {
    const { own, connection, begin } = createMedia()
    await begin()
    const b = connection()
    await b.sender.sync({ sound: true, picture: false })
    assert.equal(b.of('microphone')?.isUpstreamPaused, false)
    assert.equal(b.of('camera')?.isUpstreamPaused, true)
    await b.sender.sync({ sound: true, picture: true })
    assert.equal(b.of('camera')?.isUpstreamPaused, false)
    await b.sender.sync({ sound: false, picture: false })
    assert.equal(b.of('microphone')?.isUpstreamPaused, true)
    // Another camera must not start to flow there.
    await own.switchDevice('camera', 'other')
    await settled()
    assert.equal(b.of('camera')?.isUpstreamPaused, true)
  })

  test('a low frame rate during a move, for each video and on each connection separately', async () => {
    const { own, connection, begin } = createMedia()
    const { camera, microphone, a } = await begin()
    await own.startShare('text')
    own.setShareFor('text')
    await settled()
    const many = { width: 640, frameRate: 30 }
    const few = (most: number) => ({ width: 640, frameRate: { max: most } })
    const framesOf = (one: FakeConnection, source: string) => one.of(source)?.track.getConstraints()
    const b = connection()
    const moving = { sound: true, picture: true, lowFrameRate: true }
    await Promise.all([a.sender.sync(moving), b.sender.sync(moving)])
    for (const one of [a, b]) {
      assert.deepEqual(framesOf(one, 'camera'), few(10))
      assert.deepEqual(framesOf(one, 'screen_share'), few(3), 'a text')
      assert.deepEqual(framesOf(one, 'microphone'), many)
    }
    assert.deepEqual(
      [camera.constraints, microphone.constraints],
      [many, many],
      'our own picture has all frames',
    )
    own.setShareFor('motion')
    await own.switchDevice('camera', 'other')
    await settled()
    assert.deepEqual(framesOf(b, 'camera'), few(10), 'another camera too')
    await b.sender.sync({ sound: true, picture: true })
    assert.deepEqual(framesOf(b, 'camera'), many)
    assert.deepEqual(framesOf(b, 'screen_share'), many)
  })

  test('on a standby only the small layer of the camera is ready', async () => {
    const { own, connection } = createMedia()
    own.take({ camera: new FakeTrack('video').asTrack, pending: [], speakerId: '' })
    await own.startShare('text')
    const [usual, standby] = [connection(), connection({ small: true })]
    await Promise.all([usual, standby].map(({ sender }) => sender.sync()))
    assert.equal(usual.of('camera')?.quality, undefined)
    assert.equal(standby.of('camera')?.quality, VideoQuality.LOW)
    assert.equal(standby.of('screen_share')?.quality, undefined)
  })

  test('a shared text is sent in one size, a film and a camera in several', async () => {
    const { own, connection } = createMedia()
    const sizes = async (shareFor: ShareFor) => {
      await own.startShare(shareFor)
      const { sender, published } = connection()
      own.setShareFor(shareFor)
      await sender.sync()
      return Object.fromEntries(published.map(({ source, simulcast }) => [source, simulcast]))
    }
    own.take({ camera: new FakeTrack('video').asTrack, pending: [], speakerId: '' })
    assert.deepEqual(await sizes('text'), {
      camera: undefined,
      screen_share: false,
      screen_share_audio: undefined,
    })
    own.stopShare()
    assert.equal((await sizes('motion'))['screen_share'], true)
  })

  test('a publication that fails ends its clone, never the camera', async () => {
    const { own, make } = createMedia()
    const camera = new FakeTrack('video')
    own.take({ camera: camera.asTrack, pending: [], speakerId: '' })
    const room = { localParticipant: { publishTrack: async () => Promise.reject(new Error('408')) } }
    const sender = new Publisher(room as unknown as Room, own, { make })
    await sender.sync()
    assert.equal(camera.clones[0]?.readyState, 'ended')
    assert.equal(camera.readyState, 'live')
  })
})
