/** Frames a second to each node while a picture goes to two. A text hardly changes; it must only stay sharp. */
const FEW = { moving: 10, text: 3 }

/**
 * Makes the clone of a capture give fewer frames, or as many as the capture again. Nothing is negotiated for it, and no
 * encoder begins anew. Where a browser cannot do it, all of them go out.
 */
export async function limitFrameRate(
  clone: MediaStreamTrack,
  capture: MediaStreamTrack,
  few: boolean,
): Promise<void> {
  const usual = capture.getConstraints()
  const most = capture.contentHint === 'text' ? FEW.text : FEW.moving
  await clone.applyConstraints(few ? { ...usual, frameRate: { max: most } } : usual).catch(() => undefined)
}
