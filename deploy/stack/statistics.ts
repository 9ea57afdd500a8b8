// Percentiles of samples, for benchmarks and load tests.

export const median = (samples: readonly number[]): number => percentile(samples, 50)

/**
 * The nearest-rank percentile: always one of the samples, never interpolated. `percent` is 0…100.
 * @throws RangeError without samples.
 */
export function percentile(samples: readonly number[], percent: number): number {
  const sorted = Float64Array.from(samples).toSorted()
  const value = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)]
  if (value === undefined) throw new RangeError('no samples')
  return value
}
