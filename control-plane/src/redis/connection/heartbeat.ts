/** How often connections are looked after, and how exact deadlines are. */
export const BEAT_MS = 100

/** Calls `beat` every BEAT_MS until it is stopped. */
export function startPulse(beat: (now: number) => void): { stop(): void } {
  let due: NodeJS.Immediate | undefined
  const timer = setInterval(() => {
    // After what has arrived is read: a process that was held up does not take its own delay for Redis' silence.
    due = setImmediate(() => beat(performance.now()))
  }, BEAT_MS)
  return {
    stop() {
      clearInterval(timer)
      clearImmediate(due)
    },
  }
}
