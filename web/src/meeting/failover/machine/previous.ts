import { works, type ConnectionState } from '../../connections/connection.ts'
import { handoverStep } from '../handover.ts'
import type { EventOf } from './events.ts'
import type { Transition } from './transition.ts'

/** Leaves the previous connections that are no longer needed. */
export function checkHandover(t: Transition, { facts, allSettled }: EventOf<'handover-due'>): void {
  const { active } = t
  const activeUpForMs =
    active?.link === 'up' ? t.nowMs - Math.max(active.linkSinceMs, active.roleSinceMs) : undefined
  for (const previous of t.previous) {
    const { missing = 0, tracksShown = 0 } = facts.get(previous.id) ?? {}
    const step = handoverStep({
      works: works(previous),
      activeUpForMs,
      previousForMs: t.nowMs - previous.roleSinceMs,
      missing,
      tracksShown,
      allSettled,
    })
    if (step === 'remove') removePrevious(t, previous)
    else if (step === 'disconnect' && previous.link !== 'closed') t.disconnect(previous)
  }
  if (t.previous.length === 0) t.emit({ type: 'stop-handover-timer' })
}

function removePrevious(t: Transition, previous: ConnectionState): void {
  t.remove(previous)
  t.emit({ type: 'refresh' })
}
