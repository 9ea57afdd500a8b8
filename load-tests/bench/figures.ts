// Sums on samples.

export const median = (samples: readonly number[]): number => percentile(samples, 50)

/** Nearest rank; `percent` in 0…100. */
export function percentile(samples: readonly number[], percent: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  const value = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)]
  if (value === undefined) throw new Error('no samples')
  return value
}
