import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { TrackEvent, VideoQuality, type Room, type TrackPublishOptions } from 'livekit-client'
import type { Kind } from '../../src/devices/kinds.ts'
import type { ShareFor } from '../../src/devices/capture.ts'
import { LocalMedia } from '../../src/devices/local-media.ts'
import { Publisher } from '../../src/meeting/publishing/publisher.ts'
import type { PublishedTrack } from '../../src/meeting/publishing/published-track.ts'

let tracks = 0
class FakeTrack extends EventTarget {
  readonly id = `track-${++tracks}`
  readyState = 'live'
  contentHint = ''
  readonly kind: string
  readonly clones: FakeTrack[] = []
  constraints: MediaTrackConstraints = { width: 640, frameRate: 30 }
  constructor(kind: string) {
    super()
    this.kind = kind
  }
  stop() {
    this.readyState = 'ended'
  }
  clone() {
    const clone = new FakeTrack(this.kind)
    this.clones.push(clone)
    return clone
  }
  getConstraints() {
    return this.constraints
  }
  async applyConstraints(constraints: MediaTrackConstraints) {
    this.constraints = constraints
  }
  /** Unplugged, or ended in the browser's own bar. */
  end() {
    this.readyState = 'ended'
    this.dispatchEvent(new Event('ended'))
  }
  get asTrack() {
    return this as unknown as MediaStreamTrack
  }
}

class FakeSent implements PublishedTrack {
  /** Whether the node has received packets of it. */
  arrived = true
  /** The track that is really sent. */
  readonly sender = {
    track: null as MediaStreamTrack | null,
    replaceTrack: async (track: MediaStreamTrack | null) => {
      this.sender.track = track
    },
    getStats: async (): Promise<RTCStatsReport> => {
      const types = ['outbound-rtp', ...(this.arrived ? ['remote-inbound-rtp'] : [])]
      return new Map(types.map((type) => [type, { type }]))
    },
  }
  isMuted = false
  isUpstreamPaused = false
  track: MediaStreamTrack
  onMuted: (() => void)[] = []
  constructor(track: MediaStreamTrack) {
    this.track = track
    this.sender.track = track
  }
  async mute() {
    this.isMuted = true
    for (const listener of this.onMuted) listener()
  }
  async unmute() {
    this.isMuted = false
  }
  async replaceTrack(track: MediaStreamTrack) {
    this.track = track
    this.sender.track = track
    // As LiveKit does.
    this.isUpstreamPaused = false
  }
  async pauseUpstream() {
    this.isUpstreamPaused = true
    this.sender.track = null
  }
  async resumeUpstream() {
    this.isUpstreamPaused = false
    this.sender.track = this.track
  }
  quality: VideoQuality | undefined
  setPublishingQuality(most: VideoQuality) {
    this.quality = most
  }
  on(_event: TrackEvent.Muted, listener: () => void) {
    this.onMuted.push(listener)
  }
}

let opened: { kind: Kind; track: FakeTrack }[]
let refuse: Error | undefined
let own: LocalMedia
let publishers: Publisher[]

const devices = {
  open: async (kind: Kind) => {
    if (refuse) throw refuse
    const track = new FakeTrack(kind === 'camera' ? 'video' : 'audio')
    opened.push({ kind, track })
    return track.asTrack
  },
  openScreen: async () => [new FakeTrack('video').asTrack, new FakeTrack('audio').asTrack],
}

const make = (clone: MediaStreamTrack) => new FakeSent(clone)

/** A connection that publishes into lists. */
function connection({ small = false, rests = (): boolean => false, arrived = true } = {}) {
  const published: { sent: FakeSent; source: string; simulcast: boolean | undefined }[] = []
  const unpublished: FakeSent[] = []
  const room = {
    localParticipant: {
      publishTrack: async (sent: FakeSent, { source, simulcast }: TrackPublishOptions) =>
        published.push({ sent, source: source ?? '', simulcast }),
      unpublishTrack: async (sent: FakeSent) => unpublished.push(sent),
    },
  } as unknown as Room
  const sent = (clone: MediaStreamTrack) => Object.assign(make(clone), { arrived })
  const sender = new Publisher(room, own, { small, rests, make: sent })
  publishers.push(sender)
  const of = (source: string) => published.findLast((one) => one.source === source)?.sent
  return { sender, published, unpublished, of }
}
const settled = async () => {
  await new Promise((resolve) => setImmediate(resolve))
  await new Promise((resolve) => setImmediate(resolve))
}

beforeEach(() => {
  opened = []
  refuse = undefined
  publishers = []
  own = new LocalMedia(() => {
    for (const sender of publishers) void sender.sync()
  }, devices)
})

async function begin() {
  const microphone = new FakeTrack('audio')
  const camera = new FakeTrack('video')
  own.take({ microphone: microphone.asTrack, camera: camera.asTrack, pending: [], speakerId: '' })
  const a = connection()
  await a.sender.sync({ sound: true, picture: true })
  return { microphone, camera, a }
}

describe('one capture for all connections', () => {
  test('a new connection sends clones of what is open; no device is opened for it', async () => {
    const { microphone, camera, a } = await begin()
    const b = connection()
    await b.sender.sync()
    assert.equal(opened.length, 0)
    assert.deepEqual(
      b.published.map(({ source }) => source),
      ['microphone', 'camera'],
    )
    assert.equal(microphone.clones.length, 2)
    assert.notEqual(a.of('camera')?.track, b.of('camera')?.track)
    b.sender.close()
    assert.equal(camera.readyState, 'live', 'giving up a connection leaves the camera on')
    assert.equal(camera.clones[1]?.readyState, 'ended')
    assert.equal(camera.clones[0]?.readyState, 'live')
  })

  test('off is off everywhere, the light too, and a connection that opens later does not undo it', async () => {
    const { camera, a } = await begin()
    await own.set('camera', false)
    await own.set('microphone', false)
    await settled()
    assert.equal(camera.readyState, 'ended')
    assert.ok(camera.clones.every(({ readyState }) => readyState === 'ended'))
    assert.equal(a.of('camera')?.isMuted, true)
    const b = connection()
    await b.sender.sync()
    assert.equal(b.of('microphone')?.isMuted, true)
    assert.equal(b.of('camera'), undefined)
  })

  test('on again opens the device once, for every connection', async () => {
    const { a } = await begin()
    const b = connection()
    await b.sender.sync()
    await own.set('camera', false)
    await own.set('camera', true)
    await settled()
    assert.deepEqual(
      opened.map(({ kind }) => kind),
      ['camera'],
    )
    for (const { of } of [a, b]) {
      assert.equal(of('camera')?.isMuted, false)
      assert.ok(opened[0]?.track.clones.some(({ asTrack }) => asTrack === of('camera')?.track))
    }
  })

  test('a track that a host mutes on one node is muted on all', async () => {
    const { a } = await begin()
    const b = connection()
    await b.sender.sync()
    await a.of('microphone')?.mute()
    await settled()
    assert.equal(own.get('microphone').on, false)
    assert.equal(b.of('microphone')?.isMuted, true)
  })

  test('on a standby inactive tracks stop without signalling; once it serves, pauses are signalled', async () => {
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
    const { camera, microphone, a } = await begin()
    await own.startShare('text')
    own.setShareFor('text')
    await settled()
    const many = { width: 640, frameRate: 30 }
    const few = (most: number) => ({ width: 640, frameRate: { max: most } })
    const framesOf = (one: ReturnType<typeof connection>, source: string) =>
      one.of(source)?.track.getConstraints()
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

  test('a share goes to every connection without a new prompt, and ends on all', async () => {
    const { a } = await begin()
    await own.startShare('text')
    await settled()
    const b = connection()
    await b.sender.sync()
    for (const { of } of [a, b]) {
      assert.ok(of('screen_share'))
      assert.ok(of('screen_share_audio'))
    }
    ;(own.get('screen_share').track as unknown as FakeTrack).end()
    await settled()
    assert.equal(own.get('screen_share').on, false)
    for (const { unpublished } of [a, b]) assert.equal(unpublished.length, 2)
  })

  test('on a standby only the small layer of the camera is ready', async () => {
    own.take({ camera: new FakeTrack('video').asTrack, pending: [], speakerId: '' })
    await own.startShare('text')
    const [usual, standby] = [connection(), connection({ small: true })]
    await Promise.all([usual, standby].map(({ sender }) => sender.sync()))
    assert.equal(usual.of('camera')?.quality, undefined)
    assert.equal(standby.of('camera')?.quality, VideoQuality.LOW)
    assert.equal(standby.of('screen_share')?.quality, undefined)
  })

  test('a shared text is sent in one size, a film and a camera in several', async () => {
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
    const camera = new FakeTrack('video')
    own.take({ camera: camera.asTrack, pending: [], speakerId: '' })
    const room = { localParticipant: { publishTrack: async () => Promise.reject(new Error('408')) } }
    const sender = new Publisher(room as unknown as Room, own, { make })
    await sender.sync()
    assert.equal(camera.clones[0]?.readyState, 'ended')
    assert.equal(camera.readyState, 'live')
  })
})

describe('devices', () => {
  test('a device that is on but not open yet opens on refresh; a click before that turns it off', async () => {
    own.take({ pending: ['microphone', 'camera'], speakerId: '' })
    assert.equal(own.get('microphone').on, true)
    await own.set('camera', false)
    own.refresh()
    await settled()
    assert.deepEqual(
      opened.map(({ kind }) => kind),
      ['microphone'],
    )
  })

  test('a device that does not open is off, with the reason', async () => {
    refuse = Object.assign(new Error(), { name: 'NotReadableError' })
    await own.set('camera', true)
    assert.equal(own.get('camera').on, false)
    assert.deepEqual(own.error, { kind: 'camera', error: 'busy' })
  })

  test('two quick clicks: the last one counts', async () => {
    const on = own.set('camera', true)
    const off = own.set('camera', false)
    await Promise.all([on, off])
    assert.equal(own.get('camera').on, false)
    assert.ok(opened.every(({ track }) => track.readyState === 'ended'))
  })

  test('after a device was unplugged another one is opened', async () => {
    const { microphone } = await begin()
    microphone.end()
    await settled()
    assert.equal(own.get('microphone').on, true)
    assert.equal(opened[0]?.kind, 'microphone')
  })

  test('after close() everything is off, and devices that are still opening are closed', async () => {
    const { camera, microphone } = await begin()
    const opening = own.set('camera', true)
    own.close()
    await opening
    assert.ok(
      [camera, microphone, ...opened.map(({ track }) => track)].every((t) => t.readyState === 'ended'),
    )
  })
})
