import type { ConnectionStatus } from './connections/connection-status.ts'
import { ANNOUNCE_AFTER_MS } from './tuning.ts'

/** Delays the announcement of a connection problem until it has lasted. */
export class StatusDelay {
  readonly #onDue: () => void
  #announced = true
  #timer: ReturnType<typeof setTimeout> | undefined

  /** `onDue`: a problem has lasted long enough to be announced. */
  constructor(onDue: () => void) {
    this.#onDue = onDue
  }

  /** Whether `now` is announced: connecting and connected at once, anything else only when it lasts. */
  isAnnounced(before: ConnectionStatus, now: ConnectionStatus): boolean {
    if (isCalm(now)) {
      this.close()
      this.#announced = true
    } else if (isCalm(before)) {
      this.#announced = false
      this.#timer = setTimeout(() => {
        this.#announced = true
        this.#onDue()
      }, ANNOUNCE_AFTER_MS)
    }
    return this.#announced
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}

const isCalm = (status: ConnectionStatus) => status === 'connected' || status === 'connecting'
