// Fake tracks, devices and connections for tests of what this participant sends.
import type { Room, TrackEvent, TrackPublishOptions, VideoQuality } from 'livekit-client'
import type { Kind } from '../../src/devices/kinds.ts'
import { LocalMedia } from '../../src/devices/local-media.ts'
import { Publisher } from '../../src/meeting/publishing/publisher.ts'
import type { PublishedTrack } from '../../src/meeting/publishing/published-track.ts'

let tracks = 0
export class FakeTrack extends EventTarget {
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

const make = (clone: MediaStreamTrack) => new FakeSent(clone)

/** The media of this participant on fake devices, and connections that publish them into lists. */
export function createMedia() {
  const opened: { kind: Kind; track: FakeTrack }[] = []
  const publishers: Publisher[] = []
  /** Set `error` to make every device fail with it. */
  const refusal: { error?: Error } = {}
  const own = new LocalMedia(
    () => {
      for (const sender of publishers) void sender.sync()
    },
    {
      open: async (kind: Kind) => {
        if (refusal.error) throw refusal.error
        const track = new FakeTrack(kind === 'camera' ? 'video' : 'audio')
        opened.push({ kind, track })
        return track.asTrack
      },
      openScreen: async () => [new FakeTrack('video').asTrack, new FakeTrack('audio').asTrack],
    },
  )

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

  /** Microphone and camera are on and sent over one connection. */
  async function begin() {
    const microphone = new FakeTrack('audio')
    const camera = new FakeTrack('video')
    own.take({ microphone: microphone.asTrack, camera: camera.asTrack, pending: [], speakerId: '' })
    const a = connection()
    await a.sender.sync({ sound: true, picture: true })
    return { microphone, camera, a }
  }

  return { own, opened, refusal, connection, begin, make }
}

export type FakeConnection = ReturnType<ReturnType<typeof createMedia>['connection']>

export const settled = async () => {
  await new Promise((resolve) => setImmediate(resolve))
  await new Promise((resolve) => setImmediate(resolve))
}
