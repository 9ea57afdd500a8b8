import { createLocalScreenTracks, ScreenSharePresets } from 'livekit-client'
import type { Kind } from './kinds.ts'
import { CAMERA_CAPTURE, MICROPHONE_CAPTURE } from './media-constraints.ts'
import { readChoices } from './saved-choices.ts'

/** text: sharpness before frame rate; motion: frame rate before sharpness. */
export type ShareFor = 'text' | 'motion'

/** Opens the device that was chosen, or with `anyDevice` any that there is. */
export async function openDevice(kind: Kind, anyDevice = false): Promise<MediaStreamTrack> {
  // Contrary to its type, mediaDevices is undefined over plain http.
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

/** Captures a screen, and its sound where the browser offers it. */
export async function openScreen(shareFor: ShareFor): Promise<MediaStreamTrack[]> {
  const tracks = await createLocalScreenTracks({
    // Filters that clean up speech would ruin music and films.
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
