import type { ShareFor } from '../devices/capture.ts'
import type { LocalMedia } from '../devices/local-media.ts'
import { rememberChoices } from '../devices/saved-choices.ts'
import type { Connections } from './connections/connections.ts'
import type { DataMessages } from './messages/data-messages.ts'

type Deps = {
  media: LocalMedia
  messages: DataMessages
  connections: Connections
  /** This participant, as the control plane knows them. */
  me: () => { identity: string }
  refresh: () => void
}

/** What a participant can do in a meeting. It applies to all connections. */
export class OwnControls {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  setMicrophone(on: boolean): Promise<void> {
    rememberChoices({ microphoneOn: on })
    return this.#deps.media.set('microphone', on)
  }

  setCamera(on: boolean): Promise<void> {
    rememberChoices({ cameraOn: on })
    return this.#deps.media.set('camera', on)
  }

  /** Rejects when the participant closes the browser's picker. */
  async setShare(on: boolean, shareFor: ShareFor = 'text'): Promise<void> {
    if (on) await this.#deps.media.startShare(shareFor)
    else this.#deps.media.stopShare()
  }

  setShareFor(shareFor: ShareFor): void {
    this.#deps.media.setShareFor(shareFor)
  }

  setHand(up: boolean): void {
    this.#deps.messages.setHand(up)
  }

  sendChat(text: string): void {
    this.#deps.messages.chat.send(text, this.#deps.me())
  }

  async switchDevice(kind: MediaDeviceKind, deviceId: string): Promise<void> {
    const { media, connections, refresh } = this.#deps
    if (kind === 'audioinput') return media.switchDevice('microphone', deviceId)
    if (kind === 'videoinput') return media.switchDevice('camera', deviceId)
    rememberChoices({ speakerId: deviceId })
    await Promise.all(connections.all.map(({ room }) => room.switchActiveDevice('audiooutput', deviceId)))
    refresh()
  }
}
