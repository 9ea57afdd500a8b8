import { TrackSource } from 'livekit-server-sdk'
import { TRACKS_PER_SOURCE_MAX } from '../tuning/tracks.ts'

const KNOWN = new Set([
  TrackSource.CAMERA,
  TrackSource.MICROPHONE,
  TrackSource.SCREEN_SHARE,
  TrackSource.SCREEN_SHARE_AUDIO,
])

/**
 * The sources of which a participant has published more tracks than the product ever does. Only a modified client gets
 * here: LiveKit limits neither the number of tracks nor how many have the same label. Pure.
 */
export function overusedSources(tracks: readonly { source: TrackSource }[]): ReadonlySet<TrackSource> {
  const counts = new Map<TrackSource, number>()
  for (const { source } of tracks) counts.set(source, (counts.get(source) ?? 0) + 1)
  return new Set(
    [...counts]
      .filter(([source, count]) => !KNOWN.has(source) || count > TRACKS_PER_SOURCE_MAX)
      .map(([source]) => source),
  )
}
