import { readChoices, rememberChoices } from './saved-choices.ts'
import { faultOf, type DeviceFault } from './device-error.ts'

export type Kind = 'microphone' | 'camera'
export type Capture =
  | { status: 'off' }
  | { status: 'asking' }
  | { status: 'on'; track: MediaStreamTrack }
  | { status: 'fault'; fault: DeviceFault }

export type PreviewView = {
  microphone: Capture
  camera: Capture
  microphoneId: string
  cameraId: string
  speakerId: string
  devices: readonly MediaDeviceInfo[]
}

/** Tracks that leave the preview for the meeting: no second prompt, no flicker. */
export type HandedOver = {
  microphone?: MediaStreamTrack
  camera?: MediaStreamTrack
  /** Wanted, but the browser was still opening them (or asking the person) at the click on Join. */
  pending: readonly Kind[]
  speakerId: string
}

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

const idOf = (deviceId: string): MediaTrackConstraints => (deviceId ? { deviceId: { ideal: deviceId } } : {})

/**
 * Microphone and camera before the meeting, without LiveKit: that library is still on its way
 * while this runs. One store, one owner of the tracks.
 */
export class Preview {
  #view: PreviewView
  readonly #listeners = new Set<() => void>()
  #given = false
  readonly #media: MediaDevices | undefined = navigator.mediaDevices
  readonly #onDeviceChange = () => void this.#refreshDevices().then(() => this.#openReturned())
  /** Rises with each request, so that a late answer of an old one is thrown away. */
  readonly #turn: Record<Kind, number> = { microphone: 0, camera: 0 }

  constructor() {
    const { microphoneId, cameraId, speakerId } = readChoices()
    this.#view = {
      microphone: { status: 'off' },
      camera: { status: 'off' },
      microphoneId,
      cameraId,
      speakerId,
      devices: [],
    }
    this.#media?.addEventListener('devicechange', this.#onDeviceChange)
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  readonly view = (): PreviewView => this.#view

  /** One prompt for what was on last time; each device then fails on its own. */
  async start(): Promise<void> {
    const { microphoneOn, cameraOn } = readChoices()
    const kinds: Kind[] = [
      ...(microphoneOn ? ['microphone' as const] : []),
      ...(cameraOn ? ['camera' as const] : []),
    ]
    await this.#refreshDevices()
    await this.open(kinds)
  }

  async open(kinds: readonly Kind[]): Promise<void> {
    if (kinds.length === 0) return
    if (!this.#media) {
      for (const kind of kinds) this.#set(kind, { status: 'fault', fault: 'insecure' })
      return
    }
    for (const kind of kinds) this.#set(kind, { status: 'asking' })
    const turns = kinds.map((kind) => ++this.#turn[kind])
    const settle = (kind: Kind, capture: Capture) => {
      if (this.#turn[kind] === turns[kinds.indexOf(kind)]) this.#set(kind, capture)
      else if (capture.status === 'on') capture.track.stop()
    }
    try {
      const stream = await this.#capture(kinds)
      for (const kind of kinds) settle(kind, this.#taken(kind, stream))
    } catch (error) {
      const fault = await faultOf(error, kinds)
      // A dismissed prompt must not come back by itself.
      if (kinds.length === 1 || fault === 'dismissed') {
        for (const kind of kinds) settle(kind, { status: 'fault', fault })
      } else {
        for (const kind of kinds) await this.open([kind])
      }
    }
    await this.#refreshDevices()
  }

  close(kind: Kind): void {
    this.#turn[kind]++
    this.#set(kind, { status: 'off' })
  }

  toggle(kind: Kind): void {
    if (this.#given) return
    const on = this.#view[kind].status === 'on' || this.#view[kind].status === 'asking'
    rememberChoices(kind === 'microphone' ? { microphoneOn: !on } : { cameraOn: !on })
    if (on) this.close(kind)
    else void this.open([kind])
  }

  choose(kind: Kind | 'speaker', deviceId: string): void {
    const name = `${kind}Id` as const
    rememberChoices({ [name]: deviceId })
    this.#change({ [name]: deviceId })
    if (kind !== 'speaker' && this.#view[kind].status !== 'off') void this.open([kind])
  }

  /** Gives the live tracks away; from here on the preview neither stops nor watches them. */
  handOver(): HandedOver {
    const { microphone, camera, speakerId } = this.#view
    const pending = (['microphone', 'camera'] as const).filter((kind) => this.#view[kind].status === 'asking')
    this.#release()
    this.#given = true
    return {
      ...(microphone.status === 'on' ? { microphone: microphone.track } : {}),
      ...(camera.status === 'on' ? { camera: camera.track } : {}),
      pending,
      speakerId,
    }
  }

  stop(): void {
    this.#release()
    if (this.#given) return
    for (const kind of ['microphone', 'camera'] as const) {
      const capture = this.#view[kind]
      if (capture.status === 'on') capture.track.stop()
    }
  }

  #release(): void {
    this.#turn.microphone++
    this.#turn.camera++
    this.#media?.removeEventListener('devicechange', this.#onDeviceChange)
    this.#listeners.clear()
  }

  #capture(kinds: readonly Kind[]): Promise<MediaStream> {
    const { microphoneId, cameraId } = this.#view
    return navigator.mediaDevices.getUserMedia({
      audio: kinds.includes('microphone') && { ...MICROPHONE_CAPTURE, ...idOf(microphoneId) },
      video: kinds.includes('camera') && { ...CAMERA_CAPTURE, ...idOf(cameraId) },
    })
  }

  #taken(kind: Kind, stream: MediaStream): Capture {
    const [track] = kind === 'microphone' ? stream.getAudioTracks() : stream.getVideoTracks()
    if (!track) return { status: 'fault', fault: 'missing' }
    track.addEventListener('ended', () => {
      const now = this.#view[kind]
      if (now.status === 'on' && now.track === track) this.#set(kind, { status: 'fault', fault: 'unplugged' })
    })
    return { status: 'on', track }
  }

  #set(kind: Kind, capture: Capture): void {
    const before = this.#view[kind]
    if (before.status === 'on' && (capture.status !== 'on' || capture.track !== before.track))
      before.track.stop()
    this.#change({ [kind]: capture })
  }

  async #refreshDevices(): Promise<void> {
    // Before permission the list has no names; it is read again after each capture.
    const devices = await this.#media?.enumerateDevices().catch(() => [])
    if (!devices) return
    this.#change({ devices })
  }

  /** A device plugged in after "missing" or "unplugged" is what the person was waiting for. */
  #openReturned(): void {
    for (const kind of ['microphone', 'camera'] as const) {
      const capture = this.#view[kind]
      const input = kind === 'microphone' ? 'audioinput' : 'videoinput'
      const waits =
        capture.status === 'fault' && (capture.fault === 'missing' || capture.fault === 'unplugged')
      if (waits && this.#view.devices.some((device) => device.kind === input)) void this.open([kind])
    }
  }

  #change(change: Partial<PreviewView>): void {
    this.#view = { ...this.#view, ...change }
    for (const listener of this.#listeners) listener()
  }
}
