import { DEAD_MICROPHONE_AFTER_MS, DEAD_MICROPHONE_PEAK } from '../tuning.ts'

/** Distinguishes a dead microphone from a person who does not speak. */
export class SilentMicrophone {
  #deadSinceMs: number | undefined

  /** Takes the loudest sample since the last call, 0 to 1. Returns true while the microphone counts as dead. */
  feed(peak: number, nowMs: number): boolean {
    if (peak > DEAD_MICROPHONE_PEAK) this.#deadSinceMs = undefined
    else this.#deadSinceMs ??= nowMs
    return this.#deadSinceMs !== undefined && nowMs - this.#deadSinceMs >= DEAD_MICROPHONE_AFTER_MS
  }

  /** For a microphone that is muted, hidden or suspended: its silence proves nothing. */
  reset(): void {
    this.#deadSinceMs = undefined
  }
}
