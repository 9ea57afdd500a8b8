/**
 * When a key frame is made beyond those that are asked for, in ms after a picture began to go out. Whoever comes to see
 * it needs one; LiveKit asks, but a browser answers only 300 ms after the last one, and what is sent before LiveKit has
 * opened the track to somebody is lost. When a standby begins to serve all wait for it in the same moment.
 */
const AT_MS = [100, 220, 360, 520, 720, 960]

/** Standard, but not in the types yet: https://w3c.github.io/webrtc-extensions/#rtcencodingoptions */
type Sender = Pick<RTCRtpSender, 'getParameters'> & {
  setParameters(
    parameters: RTCRtpSendParameters,
    options: { encodingOptions: { keyFrame: boolean }[] },
  ): Promise<void>
}

/** Makes key frames of one picture in the second after it began. Gives how to stop that. */
export function pushKeyFrames(sender: Sender): () => void {
  const timers = AT_MS.map((atMs) => setTimeout(() => makeKeyFrame(sender), atMs))
  return () => timers.forEach((timer) => clearTimeout(timer))
}

/** A browser that does not know the options sets what is set already. */
function makeKeyFrame(sender: Sender): void {
  const parameters = sender.getParameters()
  if (parameters.encodings.length === 0) return
  const encodingOptions = parameters.encodings.map(() => ({ keyFrame: true }))
  sender.setParameters(parameters, { encodingOptions }).catch(() => undefined)
}
