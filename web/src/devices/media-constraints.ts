// Constraints for camera and microphone. Written without LiveKit, which is still loading when the preview starts.

export const CAMERA_CAPTURE = {
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 30 },
} satisfies MediaTrackConstraints

export const MICROPHONE_CAPTURE = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
} satisfies MediaTrackConstraints
