// Constraints for camera and microphone. Written without LiveKit, which is still loading when the preview starts.

import { CAMERA } from '../tuning.ts'

export const CAMERA_CAPTURE = {
  width: { ideal: CAMERA.widthPx },
  height: { ideal: CAMERA.heightPx },
  frameRate: { ideal: CAMERA.framesPerSec },
} satisfies MediaTrackConstraints

export const MICROPHONE_CAPTURE = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
} satisfies MediaTrackConstraints
