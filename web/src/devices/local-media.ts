import { rememberChoices } from './saved-choices.ts'
import { deviceErrorOf, type DeviceError } from './device-error.ts'
import type { HandedOver, Kind } from './kinds.ts'
import { openDevice, openScreen, type ShareFor } from './capture.ts'
import type { Source } from './track-source.ts'

/** The capture of one source. A camera that is off has no track, so its light is off too. */
export type LocalSource = { readonly track: MediaStreamTrack | undefined; readonly on: boolean }

/** Opens devices: in the browser, or in a test. */
export type Devices = {
  open: (kind: Kind, anyDevice?: boolean) => Promise<MediaStreamTrack>
  openScreen: (shareFor: ShareFor) => Promise<MediaStreamTrack[]>
}
const BROWSER: Devices = { open: openDevice, openScreen }

const NOTHING: LocalSource = { track: undefined, on: false }

/**
 * Microphone, camera and screen of this person, captured once for all connections that send them. So a new
 * connection opens no device, and turning one on or off applies to all connections.
 */
export class LocalMedia {
  readonly #own: Record<Source, LocalSource> = {
    microphone: NOTHING,
    camera: NOTHING,
    screen_share: NOTHING,
    screen_share_audio: NOTHING,
  }
  readonly #turns: Record<Kind, Promise<void>> = { microphone: Promise.resolve(), camera: Promise.resolve() }
  readonly #onChange: () => void
  readonly #devices: Devices
  #closed = false
  /** Why the device that was turned on last did not open. */
  error: { kind: Kind; error: DeviceError } | undefined

  constructor(onChange: () => void, devices = BROWSER) {
    this.#onChange = onChange
    this.#devices = devices
  }

  get(source: Source): LocalSource {
    return this.#own[source]
  }

  /** Takes over the tracks of the preview. Devices that are still opening count as turned on. */
  take({ microphone, camera, pending }: HandedOver): void {
    for (const [kind, track] of [
      ['microphone', microphone],
      ['camera', camera],
    ] as const) {
      if (track) this.#adopt(kind, track)
      this.#own[kind] = { track, on: track !== undefined || pending.includes(kind) }
    }
  }

  /** Opens devices that are on but have no live track: at the start, and after a sleeping page lost them. */
  refresh(): void {
    for (const kind of ['microphone', 'camera'] as const) {
      const { on, track } = this.#own[kind]
      if (on && track?.readyState !== 'live') void this.set(kind, true)
    }
  }

  /** The view changes at once and the device follows. Never rejects: a device that does not open sets `error`. */
  set(kind: Kind, on: boolean): Promise<void> {
    this.#change(kind, { ...this.#own[kind], on })
    return (this.#turns[kind] = this.#turns[kind].then(() => this.#follow(kind)))
  }

  /** A host muted this source on one node: it goes off for every connection. */
  mutedByOther(source: Source): void {
    if (source === 'microphone' || source === 'camera') void this.set(source, false)
    else this.stopShare()
  }

  /**
   * Opens or closes the device to match its present setting. Runs one at a time, so that a quick second click is not
   * lost.
   */
  async #follow(kind: Kind, anyDevice = false): Promise<void> {
    const { on, track } = this.#own[kind]
    if (this.#closed) return
    if (!on) {
      // A muted microphone stays open, because headsets switch their audio mode when it closes.
      if (kind === 'camera' && track) {
        track.stop()
        this.#change(kind, NOTHING)
      }
      return
    }
    if (track?.readyState === 'live') return
    try {
      const fresh = await this.#devices.open(kind, anyDevice)
      if (this.#closed) return fresh.stop()
      this.#adopt(kind, fresh)
      this.error = undefined
      this.#change(kind, { track: fresh, on: this.#own[kind].on })
      // It was turned off while it opened.
      if (!this.#own[kind].on) await this.#follow(kind)
    } catch (error) {
      this.error = { kind, error: await deviceErrorOf(error, [kind]) }
      this.#change(kind, NOTHING)
    }
  }

  #adopt(kind: Kind, track: MediaStreamTrack): void {
    track.addEventListener('ended', () => this.#onEnded(kind, track))
  }

  /** After a device was unplugged, opens any other one. A page in the background does that when it is shown again. */
  #onEnded(kind: Kind, track: MediaStreamTrack): void {
    const own = this.#own[kind]
    if (own.track !== track || !own.on || this.#closed) return
    if (globalThis.document?.hidden) return
    this.#turns[kind] = this.#turns[kind].then(() => this.#follow(kind, true))
  }

  async switchDevice(kind: Kind, deviceId: string): Promise<void> {
    rememberChoices(kind === 'microphone' ? { microphoneId: deviceId } : { cameraId: deviceId })
    if (!this.#own[kind].on) {
      // A muted microphone is still open, on the old device.
      this.#own[kind].track?.stop()
      return this.#change(kind, NOTHING)
    }
    const fresh = await this.#devices.open(kind)
    const { track, on } = this.#own[kind]
    this.#adopt(kind, fresh)
    this.#change(kind, { track: fresh, on })
    track?.stop()
  }

  /** Lets the person choose a screen. Rejects when they close the picker. */
  async startShare(shareFor: ShareFor): Promise<void> {
    const tracks = await this.#devices.openScreen(shareFor)
    if (this.#closed) for (const track of tracks) track.stop()
    else for (const track of tracks) this.#share(track)
  }

  #share(track: MediaStreamTrack): void {
    // The browser's own “Stop sharing”.
    track.addEventListener('ended', () => {
      if (this.#own.screen_share.track === track) this.stopShare()
    })
    this.#change(track.kind === 'video' ? 'screen_share' : 'screen_share_audio', { track, on: true })
  }

  /** Can change while the share runs, because people notice only then that a film stutters. */
  setShareFor(shareFor: ShareFor): void {
    const { track } = this.#own.screen_share
    if (track) track.contentHint = shareFor
    this.#onChange()
  }

  stopShare(): void {
    for (const source of ['screen_share', 'screen_share_audio'] as const) {
      const { track } = this.#own[source]
      this.#own[source] = NOTHING
      track?.stop()
    }
    this.#onChange()
  }

  /** Closes every device for good. */
  close(): void {
    this.#closed = true
    for (const source of Object.keys(this.#own) as Source[]) {
      this.#own[source].track?.stop()
      this.#own[source] = NOTHING
    }
  }

  #change(source: Source, own: LocalSource): void {
    this.#own[source] = own
    if (!this.#closed) this.#onChange()
  }
}
