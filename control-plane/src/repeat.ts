import { jittered } from './protocol/backoff.ts'
import { LOOP_JITTER } from './tuning/sites.ts'

/**
 * Runs `turn` at once and then again and again until stopped, never two at a time. `turn` returns the pause before the
 * next in milliseconds. `failed` gets what it throws; then the pause is `pauseMs`.
 */
export function repeat(
  turn: () => Promise<number>,
  { pauseMs, failed }: { pauseMs: number; failed: (error: unknown) => void },
): { stop(): void } {
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const run = async () => {
    let nextMs = pauseMs
    try {
      nextMs = await turn()
    } catch (error) {
      failed(error)
    }
    if (!stopped) timer = setTimeout(() => void run(), jittered(nextMs, LOOP_JITTER, Math.random))
  }
  void run()
  return {
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
