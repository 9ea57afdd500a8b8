// One tiny camera for all participants of a process.
import { VideoBufferType, VideoFrame, VideoSource } from '@livekit/rtc-node'
import { NATIVE_PICTURE } from '../../tuning.ts'
import { quietLibrary } from './quiet-library.ts'

export function startCamera(framesPerSec: number): { source: VideoSource; stop: () => void } {
  const { width, height } = NATIVE_PICTURE
  const source = new VideoSource(width, height)
  quietLibrary()
  let shade = 0
  const timer = setInterval(() => {
    shade = (shade + 20) % 256
    const pixels = new Uint8Array((width * height * 3) / 2).fill(shade)
    source.captureFrame(new VideoFrame(pixels, width, height, VideoBufferType.I420))
  }, 1_000 / framesPerSec)
  return { source, stop: () => clearInterval(timer) }
}
