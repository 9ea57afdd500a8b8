/** Shorter than anybody sees. */
const APART_MS = 50

/**
 * When to look at the connections anew. LiveKit takes a room apart step by step: looked at in the middle, people would
 * be seen to leave, so a look comes after the step. And it fills one with many words in a row: each look draws the
 * page, so from the second one on they wait for each other.
 */
export class RefreshScheduler {
  readonly #look: () => void
  #waiting: 'soon' | 'at once' | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #lookedMs = Number.NEGATIVE_INFINITY

  constructor(look: () => void) {
    this.#look = look
  }

  /** Something has changed: at once, unless a look was taken a moment ago. */
  soon(): void {
    if (this.#waiting) return
    const waitMs = this.#lookedMs + APART_MS - Date.now()
    if (waitMs <= 0) return this.atOnce()
    this.#waiting = 'soon'
    // A clock that was set back must not stop the page.
    this.#timer = setTimeout(() => this.#now(), Math.min(waitMs, APART_MS))
  }

  /** There is something to be seen: when this step is done. */
  atOnce(): void {
    if (this.#waiting === 'at once') return
    clearTimeout(this.#timer)
    this.#waiting = 'at once'
    queueMicrotask(() => this.#now())
  }

  close(): void {
    clearTimeout(this.#timer)
  }

  #now(): void {
    this.#waiting = undefined
    this.#lookedMs = Date.now()
    this.#look()
  }
}
