import { COUNTER_STILL_AFTER_STEPS } from '../tuning/readings.ts'

/** Rate of a counter over a sliding window. Times are milliseconds of a monotonic clock. */
export type CounterRate = {
  /** Adds a sample. Samples must be in order of time. */
  add(value: number, atMs: number): void
  /** Per second over the window; null while the samples span too little time. A counter that is still 0 has rate 0. */
  perSecond(): number | null
}

export type RateOptions = {
  windowMs: number
  minSpanMs: number
  /**
   * What a falling counter means: `reset` if its process can restart (it started again at 0), `jitter` if it cannot
   * (the kernel's idle and iowait times decrease slightly now and then).
   */
  onFall?: 'reset' | 'jitter'
  /**
   * For a counter that is updated in steps of this period: the span is measured from step to step. A plain window would
   * contain two or three steps in turn, and the rate would vary by a third.
   */
  stepMs?: number
}

export function counterRate({ windowMs, minSpanMs, onFall = 'reset', stepMs = 0 }: RateOptions): CounterRate {
  let last: number | undefined
  let grown = 0
  let nowMs = 0
  const stillAfterMs = stepMs * COUNTER_STILL_AFTER_STEPS
  let samples: { atMs: number; total: number }[] = []

  const stepped = (atMs: number) => {
    const newest = samples.at(-1)
    if (!newest) samples = [{ atMs, total: grown }]
    else if (newest.total !== grown) {
      const wasStill = atMs - newest.atMs > stillAfterMs
      // The first sample of a running counter lies between two steps; the first step replaces it.
      if (samples.length === 1 && newest.total === 0 && last !== grown && !wasStill) samples = []
      // After a pause the growth started one step ago, not when the counter last moved.
      else if (wasStill) samples = [{ atMs: atMs - stepMs, total: newest.total }]
      samples.push({ atMs, total: grown })
    }
  }

  return {
    add(value, atMs) {
      if (last !== undefined) grown += value >= last ? value - last : onFall === 'reset' ? value : 0
      last = value
      nowMs = atMs
      if (stepMs > 0) stepped(atMs)
      else samples.push({ atMs, total: grown })
      // Keep the newest sample that is at least a window old: the span covers the window as soon as it can.
      while (samples.length > 2 && atMs - (samples[1]?.atMs ?? atMs) >= windowMs) samples.shift()
    },
    perSecond() {
      const first = samples[0]
      const newest = samples.at(-1)
      if (!first || !newest) return null
      const stillMs = nowMs - newest.atMs
      if (last === 0 && newest.total === first.total) return 0
      if (stepMs > 0 && stillMs >= windowMs) return 0
      const endMs = stillMs > stillAfterMs ? nowMs : newest.atMs
      const spanMs = endMs - first.atMs
      return spanMs < minSpanMs ? null : ((newest.total - first.total) * 1_000) / spanMs
    },
  }
}
