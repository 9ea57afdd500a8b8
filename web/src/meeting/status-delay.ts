import type { Connection } from './connections/connection-status.ts'

/** What goes well within this time is not worth a word. */
const TELL_AFTER_MS = 1_000

/** When the person is told how the connection is. */
export class Telling {
  readonly #onTime: () => void
  #told = true
  #timer: ReturnType<typeof setTimeout> | undefined

  /** `onTime`: something that was kept quiet has lasted too long. */
  constructor(onTime: () => void) {
    this.#onTime = onTime
  }

  /** Joining is told at once, and that all is well; anything else only when it lasts. */
  isTold(before: Connection, now: Connection): boolean {
    if (isCalm(now)) {
      this.close()
      this.#told = true
    } else if (isCalm(before)) {
      this.#told = false
      this.#timer = setTimeout(() => {
        this.#told = true
        this.#onTime()
      }, TELL_AFTER_MS)
    }
    return this.#told
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}

const isCalm = (connection: Connection) => connection === 'connected' || connection === 'connecting'
