import { createLocalScreenTracks, ScreenSharePresets } from 'livekit-client'
import type { Kind } from './kinds.ts'
import { CAMERA_CAPTURE, MICROPHONE_CAPTURE } from './media-constraints.ts'
import { readChoices } from './saved-choices.ts'

/** text: every pixel counts, frames may wait; motion: a film must flow, pixels may blur. */
export type ShareFor = 'text' | 'motion'

/** The device that was chosen, or with `anyDevice` whichever there is. */
export async function openDevice(kind: Kind, anyDevice = false): Promise<MediaStreamTrack> {
  // Over plain http there is no such object, whatever the type says.
  const media = navigator.mediaDevices as MediaDevices | undefined
  if (!media) throw new DOMException('no devices on an insecure page', 'SecurityError')
  const { microphoneId, cameraId } = readChoices()
  const id = kind === 'microphone' ? microphoneId : cameraId
  const device = id && !anyDevice ? { deviceId: { ideal: id } } : {}
  const stream = await media.getUserMedia(
    kind === 'microphone'
      ? { audio: { ...MICROPHONE_CAPTURE, ...device } }
      : { video: { ...CAMERA_CAPTURE, ...device } },
  )
  const [track] = stream.getTracks()
  if (!track) throw new DOMException('no track', 'NotFoundError')
  return track
}

/** The screen, and its sound where the browser gives it. */
export async function openScreen(shareFor: ShareFor): Promise<MediaStreamTrack[]> {
  const tracks = await createLocalScreenTracks({
    // Music and films are not speech: what cleans up a voice ruins them.
    audio: { autoGainControl: false, noiseSuppression: false, echoCancellation: false },
    resolution: ScreenSharePresets.h1080fps30.resolution,
    selfBrowserSurface: 'exclude',
    surfaceSwitching: 'include',
    systemAudio: 'include',
  })
  return tracks.map(({ mediaStreamTrack }) => {
    if (mediaStreamTrack.kind === 'video') mediaStreamTrack.contentHint = shareFor
    return mediaStreamTrack
  })
}
