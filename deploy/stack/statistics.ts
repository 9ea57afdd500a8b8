// Sums on samples, for the benchmarks of every room.

export const median = (samples: readonly number[]): number => percentile(samples, 50)

/** Nearest rank; `percent` in 0…100. */
export function percentile(samples: readonly number[], percent: number): number {
  const sorted = Float64Array.from(samples).toSorted()
  const value = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)]
  if (value === undefined) throw new Error('no samples')
  return value
}
