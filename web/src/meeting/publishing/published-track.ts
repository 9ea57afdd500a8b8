import {
  LocalAudioTrack,
  LocalVideoTrack,
  Track,
  type LocalTrack,
  type TrackEvent,
  type TrackPublishOptions,
  type VideoQuality,
} from 'livekit-client'
import type { Source } from '../../devices/track-source.ts'
import { ARRIVAL_CHECK_MS, ARRIVAL_TIMEOUT_MS } from '../tuning.ts'

/** The part of LiveKit's local track that is used here. */
export type PublishedTrack = Pick<
  LocalTrack,
  'pauseUpstream' | 'resumeUpstream' | 'isMuted' | 'isUpstreamPaused'
> & {
  readonly sender?: Pick<RTCRtpSender, 'track' | 'replaceTrack' | 'getStats'> | undefined
  mute(): Promise<unknown>
  unmute(): Promise<unknown>
  replaceTrack(track: MediaStreamTrack, userProvided: boolean): Promise<unknown>
  /** Only video tracks have it. */
  setPublishingQuality?(most: VideoQuality): void
  on(event: TrackEvent.Muted, listener: () => void): unknown
}

const SOURCES: Record<Source, Track.Source> = {
  microphone: Track.Source.Microphone,
  camera: Track.Source.Camera,
  screen_share: Track.Source.ScreenShare,
  screen_share_audio: Track.Source.ScreenShareAudio,
}
export const ALL_SOURCES = Object.keys(SOURCES) as readonly Source[]

export const isSound = (source: Source): boolean => source === 'microphone' || source === 'screen_share_audio'

/**
 * A shared text is sent in one size. If there were a small one too, a browser that estimates a low bandwidth would stop
 * the large one, as it did for seconds after each move, and LiveKit checks only every two seconds whether a layer of a
 * share has stopped. At a third of its size a text cannot be read.
 */
export function publishOptions(source: Source, origin: MediaStreamTrack): TrackPublishOptions {
  if (source !== 'screen_share') return { source: SOURCES[source] }
  const text = origin.contentHint !== 'motion'
  return {
    source: SOURCES[source],
    simulcast: !text,
    degradationPreference: text ? 'maintain-resolution' : 'maintain-framerate',
  }
}

/**
 * LiveKit checks twice whether a published audio track is silent, and opens an audio output for each check: that takes a
 * tenth of a second of a busy page, just during a move. We do not use the result.
 */
class UncheckedAudioTrack extends LocalAudioTrack {
  override checkForSilence(): Promise<boolean> {
    return Promise.resolve(false)
  }
}

/**
 * The track is “user provided”: LiveKit does not stop or reopen the device, which LocalMedia does once for all
 * connections.
 */
export function makeTrack(clone: MediaStreamTrack, source: Source): PublishedTrack {
  return isSound(source)
    ? new UncheckedAudioTrack(clone, undefined, true)
    : new LocalVideoTrack(clone, undefined, true)
}

/** Resolves when the node has received packets of the track, when `wanted` is false, or after a time limit. */
export async function waitForArrival(track: PublishedTrack, wanted: () => boolean): Promise<void> {
  const untilMs = Date.now() + ARRIVAL_TIMEOUT_MS
  while (wanted() && Date.now() < untilMs && !(await hasArrived(track)))
    await new Promise((resolve) => setTimeout(resolve, ARRIVAL_CHECK_MS))
}

/** Whether the node has acknowledged packets of the track. */
async function hasArrived({ sender }: PublishedTrack): Promise<boolean> {
  const report = await sender?.getStats().catch(() => undefined)
  const stats = [...(report?.values() ?? [])] as RTCStats[]
  return stats.some(({ type }) => type === 'remote-inbound-rtp')
}
