import { ScreenSharePresets, Track, type Room } from 'livekit-client'

/** text: every pixel counts, frames may wait; motion: a film must flow, pixels may blur. */
export type ShareFor = 'text' | 'motion'

export async function startShare(room: Room, shareFor: ShareFor): Promise<void> {
  await room.localParticipant.setScreenShareEnabled(
    true,
    {
      // Music and films are not speech: what cleans up a voice ruins them.
      audio: { autoGainControl: false, noiseSuppression: false, echoCancellation: false },
      contentHint: shareFor,
      resolution: ScreenSharePresets.h1080fps30.resolution,
      selfBrowserSurface: 'exclude',
      surfaceSwitching: 'include',
      systemAudio: 'include',
    },
    { degradationPreference: shareFor === 'text' ? 'maintain-resolution' : 'maintain-framerate' },
  )
}

/** Switches while the share runs: people notice that a film stutters only when it plays. */
export function setShareFor(room: Room, shareFor: ShareFor): void {
  const share = room.localParticipant.getTrackPublication(Track.Source.ScreenShare)?.track
  if (share) share.mediaStreamTrack.contentHint = shareFor
}

export async function stopShare(room: Room): Promise<void> {
  const sources = [Track.Source.ScreenShare, Track.Source.ScreenShareAudio]
  const tracks = sources.flatMap((source) => room.localParticipant.getTrackPublication(source)?.track ?? [])
  await Promise.all(tracks.map((track) => room.localParticipant.unpublishTrack(track, true)))
}
