/** Rate of a counter over a sliding window. Times are milliseconds of a monotonic clock. */
export type CounterRate = {
  /** Takes a sample. Samples must come in order of time. */
  add(value: number, atMs: number): void
  /** Per second over the window; null while the samples span too little time. A counter still at 0 has rate 0. */
  perSecond(): number | null
}

/**
 * `onFall` says what a falling counter means: `reset` when its process can restart (it began again at 0), `jitter`
 * when it cannot (the kernel's idle and iowait times run back by a tick now and then).
 */
export function counterRate(
  windowMs: number,
  minSpanMs: number,
  onFall: 'reset' | 'jitter' = 'reset',
): CounterRate {
  let last = 0
  let grown = 0
  const samples: { atMs: number; total: number }[] = []
  return {
    add(value, atMs) {
      if (samples.length > 0) grown += value >= last ? value - last : onFall === 'reset' ? value : 0
      last = value
      samples.push({ atMs, total: grown })
      // Keep the newest sample that is at least a window old: the span covers the window as soon as it can.
      while (samples.length > 2 && atMs - (samples[1]?.atMs ?? atMs) >= windowMs) samples.shift()
    },
    perSecond() {
      const first = samples[0]
      const newest = samples.at(-1)
      if (!first || !newest) return null
      if (last === 0 && newest.total === first.total) return 0
      const spanMs = newest.atMs - first.atMs
      return spanMs < minSpanMs ? null : ((newest.total - first.total) * 1_000) / spanMs
    },
  }
}
