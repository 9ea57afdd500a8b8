// One timer for the whole fleet: 20,000 timers of Node, reset every few seconds, cost more than what they start.
import { SCHEDULE_SLOT_MS } from './tuning.ts'

export interface Schedule {
  /** Milliseconds since the schedule was opened. */
  nowMs(): number
  after(ms: number, act: () => void): void
  /** Nothing starts any more. */
  stop(): void
}

/** `failed` gets an error that an act throws: a bug of the simulator, never of what it tests. */
export function openSchedule(failed: (error: unknown) => void): Schedule {
  const openedMs = performance.now()
  const slots = new Map<number, (() => void)[]>()
  let done = -1
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  const nowMs = () => performance.now() - openedMs

  function tick(): void {
    // After a garbage collection or on a busy machine several slots are due; all of them run.
    for (const now = Math.floor(nowMs() / SCHEDULE_SLOT_MS); done < now;) {
      const acts = slots.get(++done)
      if (!acts) continue
      slots.delete(done)
      for (const act of acts) run(act)
    }
    if (!stopped) timer = setTimeout(tick, SCHEDULE_SLOT_MS)
  }

  function run(act: () => void): void {
    if (stopped) return
    try {
      act()
    } catch (error) {
      failed(error)
    }
  }

  timer = setTimeout(tick, SCHEDULE_SLOT_MS)
  return {
    nowMs,
    after(ms, act) {
      if (stopped) return
      const slot = Math.max(done + 1, Math.ceil((nowMs() + ms) / SCHEDULE_SLOT_MS))
      const acts = slots.get(slot)
      if (acts) acts.push(act)
      else slots.set(slot, [act])
    },
    stop() {
      stopped = true
      clearTimeout(timer)
      slots.clear()
    },
  }
}
