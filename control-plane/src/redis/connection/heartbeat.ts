import { REDIS_HEARTBEAT_MS } from '../../tuning/redis.ts'

/** Calls `beat` every REDIS_HEARTBEAT_MS until it is stopped. */
export function startHeartbeat(beat: (now: number) => void): { stop(): void } {
  let due: NodeJS.Immediate | undefined
  const timer = setInterval(() => {
    // Once all input that has arrived is read: a process that was suspended must not mistake its own delay for silence
    // of Redis.
    due = setImmediate(() => beat(performance.now()))
  }, REDIS_HEARTBEAT_MS)
  return {
    stop() {
      clearInterval(timer)
      clearImmediate(due)
    },
  }
}
