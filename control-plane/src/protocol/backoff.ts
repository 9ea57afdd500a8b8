import { BACKOFF_MAX_DOUBLINGS } from './limits.ts'

export type Backoff = {
  /** Ceiling after the first failure. */
  startMs: number
  /** Ceiling that is never exceeded. */
  maxMs: number
}

/**
 * Exponential backoff with full jitter: a pause in milliseconds, spread evenly between 0 and a ceiling that doubles with
 * each failure in a row. `failures`: 1 after the first. `random`: 0 ≤ x < 1.
 */
export function backoffMs(failures: number, { startMs, maxMs }: Backoff, random: () => number): number {
  return random() * Math.min(maxMs, startMs * 2 ** Math.min(BACKOFF_MAX_DOUBLINGS, failures - 1))
}

/** `ms` ± a random part of `share` of it, so that processes that started together do not stay in step. */
export const jittered = (ms: number, share: number, random: () => number): number =>
  ms * (1 - share + 2 * share * random())
