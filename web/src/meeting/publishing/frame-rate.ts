import { FRAME_RATE_ON_TWO_NODES } from '../tuning.ts'

/**
 * Sets the clone of a capture to a low frame rate, or back to the capture's own. This needs no negotiation and restarts
 * no encoder. If the browser cannot do it, all frames are sent.
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
