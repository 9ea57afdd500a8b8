import {
  LocalAudioTrack,
  LocalVideoTrack,
  Track,
  TrackEvent,
  VideoQuality,
  type LocalTrack,
  type Room,
  type TrackPublishOptions,
} from 'livekit-client'
import type { Source } from '../../devices/track-source.ts'
import { limitFrameRate } from './frame-rate.ts'
import type { OwnMedia } from '../../devices/local-media.ts'

/** What goes out on a connection; the rest is published there, but paused. `lowFrameRate`: of a picture. */
export type SendPolicy = { sound: boolean; picture: boolean; lowFrameRate?: boolean }

/** The part of LiveKit's local track that is used here. */
export type PublishedTrack = Pick<
  LocalTrack,
  'pauseUpstream' | 'resumeUpstream' | 'isMuted' | 'isUpstreamPaused'
> & {
  readonly sender?: Pick<RTCRtpSender, 'track' | 'replaceTrack' | 'getStats'> | undefined
  mute(): Promise<unknown>
  unmute(): Promise<unknown>
  replaceTrack(track: MediaStreamTrack, userProvided: boolean): Promise<unknown>
  /** Of a picture. */
  setPublishingQuality?(most: VideoQuality): void
  on(event: TrackEvent.Muted, listener: () => void): unknown
}

type PublisherOptions = {
  small?: boolean
  rests?: () => boolean
  make?: (clone: MediaStreamTrack, source: Source) => PublishedTrack
}

type Publication = {
  sent: PublishedTrack
  /** The capture it was cloned from. */
  origin: MediaStreamTrack
  clone: MediaStreamTrack
  published: boolean
  /** Some of it has come to the node, so the node has announced the others of it. */
  arrived: boolean
  lowFrameRate: boolean
}

const ARRIVAL = { everyMs: 200, withinMs: 5_000 }

const SOURCES: Record<Source, Track.Source> = {
  microphone: Track.Source.Microphone,
  camera: Track.Source.Camera,
  screen_share: Track.Source.ScreenShare,
  screen_share_audio: Track.Source.ScreenShareAudio,
}
const isSound = (source: Source) => source === 'microphone' || source === 'screen_share_audio'

/**
 * Makes one connection send what the person sends. Everything goes out as a clone of the one capture: LiveKit
 * cleanups a track whose publication failed, and that must not be the camera which another connection sends. A clone
 * keeps the device's light on, so it ends with the capture.
 */
export class Publisher {
  readonly #room: Room
  readonly #own: OwnMedia
  readonly #make: (clone: MediaStreamTrack, source: Source) => PublishedTrack
  readonly #small: boolean
  readonly #rests: () => boolean
  readonly #outs = new Map<Source, Publication>()
  readonly #turns = new Map<Source, Promise<void>>()
  #sendPolicy: SendPolicy = { sound: true, picture: true }
  /** Sources that we are changing ourselves just now. */
  readonly #acting = new Set<Source>()
  #closed = false

  /**
   * `small`: of a camera only the small layer is ready, until LiveKit says that somebody wants the large one. `rests`:
   * nobody is announced of a pause, so that nobody has to be announced when it is over.
   */
  constructor(
    room: Room,
    own: OwnMedia,
    { small = false, rests = () => false, make = makeTrack }: PublisherOptions = {},
  ) {
    this.#room = room
    this.#own = own
    this.#small = small
    this.#rests = rests
    this.#make = make
  }

  /** Brings what is sent in link with what is wanted; changes while it works are followed too. */
  sync(sendPolicy = this.#sendPolicy): Promise<void> {
    this.#sendPolicy = sendPolicy
    const jobs = (Object.keys(SOURCES) as Source[]).map((source) => {
      const turn = (this.#turns.get(source) ?? Promise.resolve()).then(() => this.#follow(source))
      this.#turns.set(source, turn)
      return turn
    })
    return Promise.all(jobs).then(() => undefined)
  }

  /** Lets the clones go; the room itself is left by whoever opened it. */
  close(): void {
    this.#closed = true
    for (const { clone } of this.#outs.values()) clone.stop()
    this.#outs.clear()
  }

  async #follow(source: Source): Promise<void> {
    if (this.#closed) return
    this.#acting.add(source)
    try {
      await this.#act(source)
    } catch {
      // A track that cannot be sent (no encoder, a link that broke) does not end the meeting; the next sync tries.
    } finally {
      this.#acting.delete(source)
    }
  }

  async #act(source: Source): Promise<void> {
    const { track, on } = this.#own.get(source)
    const out = this.#outs.get(source)
    if (!out) {
      if (track?.readyState === 'live') await this.#publish(source, track, on)
    } else if (track && track !== out.origin && track.readyState === 'live') {
      await this.#replace(out, track)
    } else if (!track) {
      out.clone.stop()
      if (source === 'screen_share' || source === 'screen_share_audio') return this.#unpublish(source, out)
    }
    await this.#settle(source)
  }

  /** Muted and paused as wanted by now. */
  async #settle(source: Source): Promise<void> {
    const out = this.#outs.get(source)
    if (!out?.published) return
    const { track, on } = this.#own.get(source)
    this.#pace(source, out)
    out.clone.contentHint = out.origin.contentHint
    const audible = on && track === out.origin
    if (audible === out.sent.isMuted) await (audible ? out.sent.unmute() : out.sent.mute())
    await this.#run(out, isSound(source) ? this.#sendPolicy.sound : this.#sendPolicy.picture)
  }

  /**
   * LiveKit's own pause is a mute for everybody. On a standby it would cost the most dear moment two messages for each
   * track, and a new key frame: a stream that only stopped goes on with its next frame.
   */
  async #run({ sent, clone, arrived }: Publication, wanted: boolean): Promise<void> {
    if (!wanted && !this.#rests()) {
      if (!sent.isUpstreamPaused) await sent.pauseUpstream()
      return
    }
    const runs = wanted || !arrived
    if (runs && sent.isUpstreamPaused) await sent.resumeUpstream()
    const { sender } = sent
    if (sender && (sender.track !== null) !== runs) await sender.replaceTrack(runs ? clone : null)
  }

  /**
   * LiveKit tells of a track with its first packet. One that rests before would be announced of, subscribed to and negotiated
   * in the rush of a crash.
   */
  async #restOnceArrived(out: Publication): Promise<void> {
    const untilMs = Date.now() + ARRIVAL.withinMs
    while (this.#rests() && !this.#closed && Date.now() < untilMs && !(await hasArrived(out.sent)))
      await new Promise((resolve) => setTimeout(resolve, ARRIVAL.everyMs))
    out.arrived = true
    await this.sync()
  }

  /** Nobody pending for it: the browser follows in its own time. */
  #pace(source: Source, out: Publication): void {
    const { lowFrameRate = false } = this.#sendPolicy
    if (isSound(source) || out.lowFrameRate === lowFrameRate) return
    out.lowFrameRate = lowFrameRate
    void limitFrameRate(out.clone, out.origin, lowFrameRate)
  }

  async #publish(source: Source, origin: MediaStreamTrack, on: boolean): Promise<void> {
    const clone = origin.clone()
    clone.contentHint = origin.contentHint
    const sent = this.#make(clone, source)
    if (!on) await sent.mute()
    const out: Publication = {
      sent,
      origin,
      clone,
      published: false,
      arrived: !this.#rests(),
      lowFrameRate: false,
    }
    this.#outs.set(source, out)
    this.#pace(source, out)
    sent.on(TrackEvent.Muted, () => {
      // Neither we nor the end of the device: a host did it, on this one node.
      if (!this.#acting.has(source) && clone.readyState === 'live' && this.#own.get(source).on)
        this.#own.mutedByOther(source)
    })
    try {
      await this.#room.localParticipant.publishTrack(
        sent as unknown as LocalTrack,
        publishOptions(source, origin),
      )
      out.published = true
      if (!out.arrived) void this.#restOnceArrived(out)
      // Or LiveKit would say so when the picture is resumed, and the encoder begin anew in the rush.
      if (this.#small && source === 'camera') sent.setPublishingQuality?.(VideoQuality.LOW)
    } catch (error) {
      this.#outs.delete(source)
      clone.stop()
      throw error
    }
    if (this.#closed) clone.stop()
  }

  async #replace(out: Publication, origin: MediaStreamTrack): Promise<void> {
    const before = out.clone
    out.clone = origin.clone()
    out.clone.contentHint = origin.contentHint
    out.origin = origin
    out.lowFrameRate = false
    await out.sent.replaceTrack(out.clone, true)
    before.stop()
  }

  async #unpublish(source: Source, out: Publication): Promise<void> {
    this.#outs.delete(source)
    await this.#room.localParticipant.unpublishTrack(out.sent as unknown as LocalTrack, false)
  }
}

/** The node has acknowledged packets of it. */
async function hasArrived({ sender }: PublishedTrack): Promise<boolean> {
  const report = await sender?.getStats().catch(() => undefined)
  const stats = [...(report?.values() ?? [])] as RTCStats[]
  return stats.some(({ type }) => type === 'remote-inbound-rtp')
}

/**
 * A text goes out in one size. With a small one beside it a browser that believes its link to be thin cleanups the large
 * one, as it did for seconds after each move, and LiveKit looks only every two seconds whether a layer of a share has
 * stopped; and at a third of its size nobody can read it.
 */
function publishOptions(source: Source, origin: MediaStreamTrack): TrackPublishOptions {
  if (source !== 'screen_share') return { source: SOURCES[source] }
  const text = origin.contentHint !== 'motion'
  return {
    source: SOURCES[source],
    simulcast: !text,
    degradationPreference: text ? 'maintain-resolution' : 'maintain-framerate',
  }
}

/**
 * LiveKit looks twice whether a sound that is published is silent, and opens an audio output for each look: a tenth of a
 * second of a busy page, just when it moves. Nobody here asks for the answer.
 */
class LocalSound extends LocalAudioTrack {
  override checkForSilence(): Promise<boolean> {
    return Promise.resolve(false)
  }
}

/** "User provided": LiveKit neither cleanups nor reopens the device; that is done once for all connections. */
function makeTrack(clone: MediaStreamTrack, source: Source): PublishedTrack {
  return isSound(source)
    ? new LocalSound(clone, undefined, true)
    : new LocalVideoTrack(clone, undefined, true)
}
