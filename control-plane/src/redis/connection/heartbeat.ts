import { REDIS_HEARTBEAT_MS } from '../../tuning/redis.ts'

/** Calls `beat` every REDIS_HEARTBEAT_MS until it is stopped. */
export function startHeartbeat(beat: (now: number) => void): { stop(): void } {
  let due: NodeJS.Immediate | undefined
  const timer = setInterval(() => {
    // After everything that has arrived was read: a process that was held up must not take its own delay for Redis's silence.
    due = setImmediate(() => beat(performance.now()))
  }, REDIS_HEARTBEAT_MS)
  return {
    stop() {
      clearInterval(timer)
      clearImmediate(due)
    },
  }
}
