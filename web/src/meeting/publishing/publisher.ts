import { TrackEvent, VideoQuality, type LocalTrack, type Room } from 'livekit-client'
import type { LocalMedia } from '../../devices/local-media.ts'
import type { Source } from '../../devices/track-source.ts'
import type { SendPolicy } from '../failover/send-policy.ts'
import { limitFrameRate } from './frame-rate.ts'
import {
  ALL_SOURCES,
  isSound,
  makeTrack,
  publishOptions,
  waitForArrival,
  type PublishedTrack,
} from './published-track.ts'

type PublisherOptions = {
  /** Only the small layer of a camera is prepared, until LiveKit reports that a receiver wants the large one. */
  small?: boolean
  /** For an idle standby: pauses are not signalled, so that their end needs no signalling either. */
  rests?: () => boolean
  make?: (clone: MediaStreamTrack, source: Source) => PublishedTrack
}

type Publication = {
  track: PublishedTrack
  /** The capture that `clone` was cloned from. */
  origin: MediaStreamTrack
  clone: MediaStreamTrack
  published: boolean
  /** The node has received packets of it, and has therefore announced it to the others. */
  arrived: boolean
  lowFrameRate: boolean
}

/**
 * Makes one connection send what the participant sends. Everything is sent as a clone of the one capture: LiveKit stops
 * a track that it failed to publish, and that must not be the camera that another connection sends. A clone keeps the
 * light of the device on, so it is stopped together with the capture.
 */
export class Publisher {
  readonly #room: Room
  readonly #own: LocalMedia
  readonly #make: (clone: MediaStreamTrack, source: Source) => PublishedTrack
  readonly #small: boolean
  readonly #rests: () => boolean
  readonly #publications = new Map<Source, Publication>()
  /** The last job of each source; jobs of one source run one after the other. */
  readonly #jobs = new Map<Source, Promise<void>>()
  #policy: SendPolicy = { sound: true, picture: true }
  /** Sources that we are changing ourselves at the moment. */
  readonly #changing = new Set<Source>()
  #closed = false

  constructor(
    room: Room,
    own: LocalMedia,
    { small = false, rests = () => false, make = makeTrack }: PublisherOptions = {},
  ) {
    this.#room = room
    this.#own = own
    this.#small = small
    this.#rests = rests
    this.#make = make
  }

  /** Publishes, pauses and mutes as the policy and the captures require; changes during that time are applied too. */
  sync(policy = this.#policy): Promise<void> {
    this.#policy = policy
    const jobs = ALL_SOURCES.map((source) => {
      const job = (this.#jobs.get(source) ?? Promise.resolve()).then(() => this.#syncSource(source))
      this.#jobs.set(source, job)
      return job
    })
    return Promise.all(jobs).then(() => undefined)
  }

  /** Stops the clones. The owner of the room leaves it. */
  close(): void {
    this.#closed = true
    for (const { clone } of this.#publications.values()) clone.stop()
    this.#publications.clear()
  }

  async #syncSource(source: Source): Promise<void> {
    if (this.#closed) return
    this.#changing.add(source)
    try {
      await this.#change(source)
    } catch {
      // A track that cannot be sent (no encoder, a broken link) does not end the meeting; the next sync tries again.
    } finally {
      this.#changing.delete(source)
    }
  }

  async #change(source: Source): Promise<void> {
    const { track, on } = this.#own.get(source)
    const publication = this.#publications.get(source)
    if (!publication) {
      if (track?.readyState === 'live') await this.#publish(source, track, on)
    } else if (track && track !== publication.origin && track.readyState === 'live') {
      await this.#replace(publication, track)
    } else if (!track) {
      publication.clone.stop()
      if (source === 'screen_share' || source === 'screen_share_audio')
        return this.#unpublish(source, publication)
    }
    await this.#settle(source)
  }

  /** Mutes and pauses to match the present settings. */
  async #settle(source: Source): Promise<void> {
    const publication = this.#publications.get(source)
    if (!publication?.published) return
    const { track, on } = this.#own.get(source)
    this.#limitFrameRate(source, publication)
    publication.clone.contentHint = publication.origin.contentHint
    const audible = on && track === publication.origin
    const { track: sent } = publication
    if (audible === sent.isMuted) await (audible ? sent.unmute() : sent.mute())
    await this.#run(publication, isSound(source) ? this.#policy.sound : this.#policy.picture)
  }

  /**
   * LiveKit's own pause mutes the track for everyone. On a standby, ending it would cost two messages for each track
   * and a new key frame just when the standby takes over. A stream that only stopped sending continues with its next
   * frame.
   */
  async #run({ track, clone, arrived }: Publication, wanted: boolean): Promise<void> {
    if (!wanted && !this.#rests()) {
      if (!track.isUpstreamPaused) await track.pauseUpstream()
      return
    }
    const runs = wanted || !arrived
    if (runs && track.isUpstreamPaused) await track.resumeUpstream()
    const { sender } = track
    if (sender && (sender.track !== null) !== runs) await sender.replaceTrack(runs ? clone : null)
  }

  /**
   * LiveKit announces a track with its first packet. A track that stopped before that would be announced, subscribed to
   * and negotiated during a crash.
   */
  async #restOnceArrived(publication: Publication): Promise<void> {
    await waitForArrival(publication.track, () => this.#rests() && !this.#closed)
    publication.arrived = true
    await this.sync()
  }

  /** Not awaited, because the browser may take its time. */
  #limitFrameRate(source: Source, publication: Publication): void {
    const { lowFrameRate = false } = this.#policy
    if (isSound(source) || publication.lowFrameRate === lowFrameRate) return
    publication.lowFrameRate = lowFrameRate
    void limitFrameRate(publication.clone, publication.origin, lowFrameRate)
  }

  async #publish(source: Source, origin: MediaStreamTrack, on: boolean): Promise<void> {
    const clone = origin.clone()
    clone.contentHint = origin.contentHint
    const track = this.#make(clone, source)
    if (!on) await track.mute()
    const arrived = !this.#rests()
    const publication = { track, origin, clone, published: false, arrived, lowFrameRate: false }
    this.#publications.set(source, publication)
    this.#limitFrameRate(source, publication)
    track.on(TrackEvent.Muted, () => {
      // Neither we nor an unplugged device did this: a host muted the track, on this one node.
      if (!this.#changing.has(source) && clone.readyState === 'live' && this.#own.get(source).on)
        this.#own.mutedByOther(source)
    })
    try {
      const { localParticipant } = this.#room
      await localParticipant.publishTrack(track as unknown as LocalTrack, publishOptions(source, origin))
      publication.published = true
      if (!publication.arrived) void this.#restOnceArrived(publication)
      // Otherwise LiveKit would signal it when the video is resumed, and the encoder would restart during the takeover.
      if (this.#small && source === 'camera') track.setPublishingQuality?.(VideoQuality.LOW)
    } catch (error) {
      this.#publications.delete(source)
      clone.stop()
      throw error
    }
    if (this.#closed) clone.stop()
  }

  async #replace(publication: Publication, origin: MediaStreamTrack): Promise<void> {
    const before = publication.clone
    publication.clone = origin.clone()
    publication.clone.contentHint = origin.contentHint
    publication.origin = origin
    publication.lowFrameRate = false
    await publication.track.replaceTrack(publication.clone, true)
    before.stop()
  }

  async #unpublish(source: Source, { track }: Publication): Promise<void> {
    this.#publications.delete(source)
    await this.#room.localParticipant.unpublishTrack(track as unknown as LocalTrack, false)
  }
}
