/** Full jitter: evenly between 0 and a ceiling that doubles with each failure in a row (the first is 1). */
export function backoffMs(
  failures: number,
  startMs: number,
  ceilingMs: number,
  random: () => number,
): number {
  return random() * Math.min(ceilingMs, startMs * 2 ** Math.min(30, failures - 1))
}
