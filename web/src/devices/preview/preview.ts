import { deviceErrorOf } from '../device-error.ts'
import type { HandedOver, Kind } from '../kinds.ts'
import { CAMERA_CAPTURE, MICROPHONE_CAPTURE } from '../media-constraints.ts'
import { readChoices, rememberChoices } from '../saved-choices.ts'
import type { Capture, PreviewView } from './preview-view.ts'

const idOf = (deviceId: string): MediaTrackConstraints => (deviceId ? { deviceId: { ideal: deviceId } } : {})

/**
 * Microphone and camera before the meeting, without LiveKit, which is still loading while this runs. It owns
 * the tracks until it hands them over.
 */
export class Preview {
  #view: PreviewView
  readonly #listeners = new Set<() => void>()
  #handedOver = false
  readonly #media: MediaDevices | undefined = navigator.mediaDevices
  readonly #onDeviceChange = () => void this.#refreshDevices().then(() => this.#openReturned())
  /** Counts requests, so that the late answer of an old one is discarded. */
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

  /** Opens the devices that were on last time, with one prompt; each device can then fail on its own. */
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
      for (const kind of kinds) this.#set(kind, { status: 'error', error: 'insecure' })
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
      const deviceError = await deviceErrorOf(error, kinds)
      // A dismissed prompt must not come back without a click.
      if (kinds.length === 1 || deviceError === 'dismissed') {
        for (const kind of kinds) settle(kind, { status: 'error', error: deviceError })
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
    if (this.#handedOver) return
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

  /** Hands the live tracks over: from now on the preview neither stops nor watches them. */
  handOver(): HandedOver {
    const { microphone, camera, speakerId } = this.#view
    const pending = (['microphone', 'camera'] as const).filter((kind) => this.#view[kind].status === 'asking')
    this.#release()
    this.#handedOver = true
    return {
      ...(microphone.status === 'on' ? { microphone: microphone.track } : {}),
      ...(camera.status === 'on' ? { camera: camera.track } : {}),
      pending,
      speakerId,
    }
  }

  stop(): void {
    this.#release()
    if (this.#handedOver) return
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
    if (!track) return { status: 'error', error: 'missing' }
    track.addEventListener('ended', () => {
      const now = this.#view[kind]
      if (now.status === 'on' && now.track === track) this.#set(kind, { status: 'error', error: 'unplugged' })
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

  /** Opens a device that is plugged in after it was missing or unplugged. */
  #openReturned(): void {
    for (const kind of ['microphone', 'camera'] as const) {
      const capture = this.#view[kind]
      const input = kind === 'microphone' ? 'audioinput' : 'videoinput'
      const waits =
        capture.status === 'error' && (capture.error === 'missing' || capture.error === 'unplugged')
      if (waits && this.#view.devices.some((device) => device.kind === input)) void this.open([kind])
    }
  }

  #change(change: Partial<PreviewView>): void {
    this.#view = { ...this.#view, ...change }
    for (const listener of this.#listeners) listener()
  }
}
