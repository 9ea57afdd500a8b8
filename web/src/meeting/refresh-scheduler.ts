import { REFRESH_MS } from './tuning.ts'

/**
 * Schedules refreshes of the view. LiveKit takes a room apart step by step, and a refresh in between would show
 * participants leaving, so a refresh follows the current task. LiveKit also fills a room with many events in a row, and
 * each refresh renders the page, so from the second one on they are combined.
 */
export class RefreshScheduler {
  readonly #refresh: () => void
  #waiting: 'soon' | 'now' | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #refreshedMs = Number.NEGATIVE_INFINITY

  constructor(refresh: () => void) {
    this.#refresh = refresh
  }

  /** Something has changed: refresh after this task, or a moment after the last refresh. */
  soon(): void {
    if (this.#waiting) return
    const waitMs = this.#refreshedMs + REFRESH_MS - Date.now()
    if (waitMs <= 0) return this.now()
    this.#waiting = 'soon'
    // A clock that was set back must not stop the page.
    this.#timer = setTimeout(() => this.#run(), Math.min(waitMs, REFRESH_MS))
  }

  /** There is something to see: refresh after this task. */
  now(): void {
    if (this.#waiting === 'now') return
    clearTimeout(this.#timer)
    this.#waiting = 'now'
    queueMicrotask(() => this.#run())
  }

  close(): void {
    clearTimeout(this.#timer)
  }

  #run(): void {
    this.#waiting = undefined
    this.#refreshedMs = Date.now()
    this.#refresh()
  }
}
