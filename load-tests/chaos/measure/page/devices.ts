// Camera and microphone of a participant: a moving picture of 640 × 360 at 20 frames per second, and a constant tone.

declare global {
  interface Window {
    levee_devices: {
      /** How often the page asked which screen to share. */
      prompts: number
      /** What is captured for a screen share: size and frame rate. */
      screen: string
      /** Pauses the tone for exactly this long. */
      silence: (ms: number) => void
      /** Skips the next frames of the camera. */
      skipFrames: (count: number) => void
    }
  }
}

export interface DevicesOptions {
  /** Pitch of the tone, different for each participant. */
  hertz: number
  /** Sends the camera through a filter that can skip frames. It uses CPU, so only tests of the meter use it. */
  canSkip: boolean
}

/** Runs in the page before its own scripts, so it uses nothing from outside this function. */
export function installDevices({ hertz, canSkip }: DevicesOptions): void {
  const CAMERA = { width: 640, height: 360, frameRate: 20 }
  const SCREEN = { width: 1920, height: 1080, frameRate: 5 }
  let tone: { gain: GainNode; context: AudioContext; track: MediaStreamTrack } | undefined
  let toSkip = 0

  /** The pitch varies, because noise suppression may treat a constant tone as hum and remove it. */
  function startTone() {
    const context = new AudioContext()
    const oscillator = new OscillatorNode(context, { frequency: hertz })
    const warble = new OscillatorNode(context, { frequency: 7 })
    const gain = new GainNode(context, { gain: 0.3 })
    const destination = context.createMediaStreamDestination()
    warble.connect(new GainNode(context, { gain: 25 })).connect(oscillator.frequency)
    oscillator.connect(gain).connect(destination)
    oscillator.start()
    warble.start()
    const [track] = destination.stream.getAudioTracks()
    if (!track) throw new Error('no tone')
    return { gain, context, track }
  }

  function filtered(camera: MediaStreamTrack): MediaStreamTrack {
    // Only Chromium has these, and TypeScript's DOM types don't.
    const { MediaStreamTrackProcessor, MediaStreamTrackGenerator } = window as unknown as {
      MediaStreamTrackProcessor: new (options: object) => { readable: ReadableStream<VideoFrame> }
      MediaStreamTrackGenerator: new (
        options: object,
      ) => MediaStreamTrack & { writable: WritableStream<VideoFrame> }
    }
    const generator = new MediaStreamTrackGenerator({ kind: 'video' })
    const skipping = new TransformStream<VideoFrame, VideoFrame>({
      transform(frame, controller) {
        if (toSkip > 0) {
          toSkip--
          frame.close()
        } else controller.enqueue(frame)
      },
    })
    const { readable } = new MediaStreamTrackProcessor({ track: camera })
    void readable.pipeThrough(skipping).pipeTo(generator.writable)
    return generator
  }

  const devices = navigator.mediaDevices
  const realUser = devices.getUserMedia.bind(devices)
  devices.getUserMedia = async ({ audio, video } = {}) => {
    const stream = new MediaStream()
    if (video) {
      const wishes = typeof video === 'object' ? video : {}
      const [camera] = (await realUser({ video: { ...wishes, ...CAMERA } })).getVideoTracks()
      if (camera) stream.addTrack(canSkip ? filtered(camera) : camera)
    }
    if (audio) stream.addTrack((tone ??= startTone()).track.clone())
    return stream
  }

  const realDisplay = devices.getDisplayMedia.bind(devices)
  devices.getDisplayMedia = async (options = {}) => {
    window.levee_devices.prompts++
    const wishes = typeof options.video === 'object' ? options.video : {}
    const stream = await realDisplay({ ...options, audio: false, video: { ...wishes, ...SCREEN } })
    const { width, height, frameRate } = stream.getVideoTracks()[0]?.getSettings() ?? {}
    window.levee_devices.screen = `${width} × ${height} at ${frameRate} frames per second`
    return stream
  }

  window.levee_devices = {
    prompts: 0,
    screen: '',
    silence(ms) {
      if (!tone) throw new Error('the microphone is off')
      const { gain, context } = tone
      const at = context.currentTime + 0.05
      gain.gain.setValueAtTime(0, at)
      gain.gain.setValueAtTime(0.3, at + ms / 1000)
    },
    skipFrames(count) {
      toSkip = count
    },
  }
}
