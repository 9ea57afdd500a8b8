import type { ConnectionStatus } from './connections/connection-status.ts'

/** What goes well within this time is not worth a word. */
const TELL_AFTER_MS = 1_000

/** When the person is announced how the connection is. */
export class StatusDelay {
  readonly #onTime: () => void
  #announced = true
  #timer: ReturnType<typeof setTimeout> | undefined

  /** `onTime`: something that was kept quiet has lasted too long. */
  constructor(onTime: () => void) {
    this.#onTime = onTime
  }

  /** Joining is announced at once, and that all is well; anything else only when it lasts. */
  isAnnounced(before: ConnectionStatus, now: ConnectionStatus): boolean {
    if (isCalm(now)) {
      this.close()
      this.#announced = true
    } else if (isCalm(before)) {
      this.#announced = false
      this.#timer = setTimeout(() => {
        this.#announced = true
        this.#onTime()
      }, TELL_AFTER_MS)
    }
    return this.#announced
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}

const isCalm = (connection: ConnectionStatus) => connection === 'connected' || connection === 'connecting'
