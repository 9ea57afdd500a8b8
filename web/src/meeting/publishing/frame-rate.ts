import { FRAME_RATE_ON_TWO_NODES } from '../tuning.ts'

/**
 * Makes the clone of a capture give a low frame rate, or the capture's own again. Nothing is negotiated for that, and
 * no encoder restarts. Where a browser cannot do it, all frames are sent.
 */
export async function limitFrameRate(
  clone: MediaStreamTrack,
  capture: MediaStreamTrack,
  low: boolean,
): Promise<void> {
  const usual = capture.getConstraints()
  const { text, motion } = FRAME_RATE_ON_TWO_NODES
  const max = capture.contentHint === 'text' ? text : motion
  await clone.applyConstraints(low ? { ...usual, frameRate: { max } } : usual).catch(() => undefined)
}
