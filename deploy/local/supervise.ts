// Brings a crashed child back, with growing pauses, and says so in one line.
import { type Child, describeExit } from '../stack/processes/child-spec.ts'

const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 10_000
/** Having run this long, a child starts again from the first pause. */
const STEADY_MS = 30_000

export interface Supervisor {
  watch(child: Child): void
  /** From now on an end is nobody's fault. */
  close(): void
}

export function supervise(say: (line: string) => void): Supervisor {
  const timers = new Set<NodeJS.Timeout>()
  let closed = false

  function watch(child: Child): void {
    let pauseMs = FIRST_PAUSE_MS
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
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
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
      if (performance.now() - since > STEADY_MS) pauseMs = FIRST_PAUSE_MS
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
