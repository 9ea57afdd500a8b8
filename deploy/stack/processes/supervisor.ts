// Restarts children that crash, with growing pauses, and prints one line each time.
import { type Child, describeExit } from './child-spec.ts'
import { FIRST_RESTART_PAUSE_MS, LONGEST_RESTART_PAUSE_MS, STEADY_AFTER_MS } from '../../setup/tuning.mjs'

export interface Supervisor {
  watch(child: Child): void
  /** From now on children may end: nothing is printed or restarted. */
  close(): void
}

export function supervise(say: (line: string) => void): Supervisor {
  const timers = new Set<NodeJS.Timeout>()
  let closed = false

  function watch(child: Child): void {
    let pauseMs = FIRST_RESTART_PAUSE_MS
    let since = performance.now()

    let waiting = false

    const later = (): void => {
      if (waiting) return
      waiting = true
      const timer = setTimeout(() => {
        timers.delete(timer)
        waiting = false
        void again()
      }, pauseMs)
      timers.add(timer)
      pauseMs = Math.min(pauseMs * 2, LONGEST_RESTART_PAUSE_MS)
    }

    async function again(): Promise<void> {
      const started = performance.now()
      try {
        await child.restart()
        since = performance.now()
        say(`✓ ${child.name} is back after ${((since - started) / 1000).toFixed(1)} s`)
      } catch (error) {
        if (closed) return
        const reason = error instanceof Error ? error.message : String(error)
        say(`✗ next try in ${pauseMs / 1000} s: ${reason}`)
        later()
      }
    }

    child.onCrash((exit) => {
      if (closed) return
      if (performance.now() - since > STEADY_AFTER_MS) pauseMs = FIRST_RESTART_PAUSE_MS
      say(`✗ ${child.name} ended (${describeExit(exit)}); starting it again in ${pauseMs / 1000} s`)
      later()
    })
  }

  return {
    watch,
    close() {
      closed = true
      for (const timer of timers) clearTimeout(timer)
    },
  }
}
