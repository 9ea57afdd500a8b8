/** Below this even a quiet room's noise floor does not fall: only a dead microphone does. */
const DEAD_PEAK = 1e-5
const PATIENCE_MS = 10_000

/** Tells a dead microphone from a silent person. Feed it a peak now and then; it clears itself. */
export class SilenceWatch {
  #deadSinceMs: number | undefined

  feed(peak: number, nowMs: number): boolean {
    if (peak > DEAD_PEAK) this.#deadSinceMs = undefined
    else this.#deadSinceMs ??= nowMs
    return this.#deadSinceMs !== undefined && nowMs - this.#deadSinceMs >= PATIENCE_MS
  }

  /** Muted, hidden or suspended: nothing is known, so nothing is said. */
  reset(): void {
    this.#deadSinceMs = undefined
  }
}
