// One timer for the whole fleet: 20,000 of Node's own, set anew every few seconds, cost more than what they start.

/** Acts that fall into one slot start together; finer than any pace of the fleet. */
const SLOT_MS = 4

export interface Schedule {
  /** Milliseconds since the schedule was opened. */
  nowMs(): number
  after(ms: number, act: () => void): void
  /** Nothing starts any more. */
  stop(): void
}

/** `failed` is told of an act that throws: a fault of the simulator, never of what it tests. */
export function openSchedule(failed: (error: unknown) => void): Schedule {
  const openedMs = performance.now()
  const slots = new Map<number, (() => void)[]>()
  let done = -1
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  const nowMs = () => performance.now() - openedMs

  function turn(): void {
    // Behind by a garbage collection or a busy machine: everything due is caught up with, nothing is left out.
    for (const now = Math.floor(nowMs() / SLOT_MS); done < now;) {
      const acts = slots.get(++done)
      if (!acts) continue
      slots.delete(done)
      for (const act of acts) run(act)
    }
    if (!stopped) timer = setTimeout(turn, SLOT_MS)
  }

  function run(act: () => void): void {
    if (stopped) return
    try {
      act()
    } catch (error) {
      failed(error)
    }
  }

  timer = setTimeout(turn, SLOT_MS)
  return {
    nowMs,
    after(ms, act) {
      if (stopped) return
      const slot = Math.max(done + 1, Math.ceil((nowMs() + ms) / SLOT_MS))
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
