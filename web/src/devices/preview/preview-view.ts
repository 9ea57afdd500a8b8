import type { DeviceError } from '../device-error.ts'

/** One device before the meeting. */
export type Capture =
  | { status: 'off' }
  | { status: 'asking' }
  | { status: 'on'; track: MediaStreamTrack }
  | { status: 'error'; error: DeviceError }

export type PreviewView = {
  microphone: Capture
  camera: Capture
  microphoneId: string
  cameraId: string
  speakerId: string
  devices: readonly MediaDeviceInfo[]
}
