import { rememberChoices } from './saved-choices.ts'
import { faultOf, type DeviceFault } from './device-error.ts'
import type { HandedOver, Kind } from './preview.ts'
import { openDevice, openScreen, type ShareFor } from './capture.ts'
import type { Source } from './track-source.ts'

/** What a person sends of one source. A camera that is off has no track: its light is off too. */
export type Own = { readonly track: MediaStreamTrack | undefined; readonly on: boolean }

/** Where devices come from: the browser, or a test. */
export type Devices = {
  open: (kind: Kind, anyDevice?: boolean) => Promise<MediaStreamTrack>
  openScreen: (shareFor: ShareFor) => Promise<MediaStreamTrack[]>
}
const BROWSER: Devices = { open: openDevice, openScreen }

const NOTHING: Own = { track: undefined, on: false }

/**
 * Microphone, camera and screen of this person, captured once whatever number of connections send them. So a
 * new slot asks for nothing, and on or off holds for all of them and is never undone by a connection.
 */
export class OwnMedia {
  readonly #own: Record<Source, Own> = {
    microphone: NOTHING,
    camera: NOTHING,
    screen_share: NOTHING,
    screen_share_audio: NOTHING,
  }
  readonly #turns: Record<Kind, Promise<void>> = { microphone: Promise.resolve(), camera: Promise.resolve() }
  readonly #onChange: () => void
  readonly #devices: Devices
  #closed = false
  /** Why the last device that was switched on did not come. */
  fault: { kind: Kind; fault: DeviceFault } | undefined

  constructor(onChange: () => void, devices = BROWSER) {
    this.#onChange = onChange
    this.#devices = devices
  }

  get(source: Source): Own {
    return this.#own[source]
  }

  /** Takes the tracks of the preview. What is still opening counts as wanted. */
  take({ microphone, camera, pending }: HandedOver): void {
    for (const [kind, track] of [
      ['microphone', microphone],
      ['camera', camera],
    ] as const) {
      if (track) this.#adopt(kind, track)
      this.#own[kind] = { track, on: track !== undefined || pending.includes(kind) }
    }
  }

  /** Opens what is wanted and not there yet; after a page slept, what ended meanwhile. */
  refresh(): void {
    for (const kind of ['microphone', 'camera'] as const) {
      const { on, track } = this.#own[kind]
      if (on && track?.readyState !== 'live') void this.set(kind, true)
    }
  }

  /** At once for everybody who looks; the device follows. Never rejects: a device that does not come is a fault. */
  set(kind: Kind, on: boolean): Promise<void> {
    this.#change(kind, { ...this.#own[kind], on })
    return (this.#turns[kind] = this.#turns[kind].then(() => this.#follow(kind)))
  }

  /** A host muted this on a node: it is off for every slot. */
  mutedByOther(source: Source): void {
    if (source === 'microphone' || source === 'camera') void this.set(source, false)
    else this.stopShare()
  }

  /** Whatever is wanted by now; one after the other, or a quick second click would be lost. */
  async #follow(kind: Kind, anyDevice = false): Promise<void> {
    const { on, track } = this.#own[kind]
    if (this.#closed) return
    if (!on) {
      // A muted microphone stays open, as everywhere: headsets change their mode when it closes.
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
      this.fault = undefined
      this.#change(kind, { track: fresh, on: this.#own[kind].on })
      // Switched off while it opened.
      if (!this.#own[kind].on) await this.#follow(kind)
    } catch (error) {
      this.fault = { kind, fault: await faultOf(error, [kind]) }
      this.#change(kind, NOTHING)
    }
  }

  #adopt(kind: Kind, track: MediaStreamTrack): void {
    track.addEventListener('ended', () => this.#onEnded(kind, track))
  }

  /** Unplugged: another one will do. A page in the background opens it when it is back. */
  #onEnded(kind: Kind, track: MediaStreamTrack): void {
    const own = this.#own[kind]
    if (own.track !== track || !own.on || this.#closed) return
    if (globalThis.document?.hidden) return
    this.#turns[kind] = this.#turns[kind].then(() => this.#follow(kind, true))
  }

  async switchDevice(kind: Kind, deviceId: string): Promise<void> {
    rememberChoices(kind === 'microphone' ? { microphoneId: deviceId } : { cameraId: deviceId })
    if (!this.#own[kind].on) {
      // A microphone that is muted but open is of the old device.
      this.#own[kind].track?.stop()
      return this.#change(kind, NOTHING)
    }
    const fresh = await this.#devices.open(kind)
    const { track, on } = this.#own[kind]
    this.#adopt(kind, fresh)
    this.#change(kind, { track: fresh, on })
    track?.stop()
  }

  /** Asks the person which screen. Rejects when they close the picker. */
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

  /** Switches while the share runs: people notice that a film stutters only when it plays. */
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

  /** Every device goes off for good. */
  close(): void {
    this.#closed = true
    for (const source of Object.keys(this.#own) as Source[]) {
      this.#own[source].track?.stop()
      this.#own[source] = NOTHING
    }
  }

  #change(source: Source, own: Own): void {
    this.#own[source] = own
    if (!this.#closed) this.#onChange()
  }
}
