import { isIdle, type ConnectionState } from '../../connections/connection.ts'
import { isSilent, patienceAfter, recentAlarms } from '../../connections/silence-detector.ts'
import { CONNECTING_OVERDUE_MS, SPLIT_MS } from '../../tuning.ts'
import type { EventOf } from './events.ts'
import { recover, settle } from './recovery.ts'
import type { Transition } from './transition.ts'

// Reactions to a sample of the media that arrives.

type Sample = EventOf<'media-sampled'>

export function noteTrackChanges(t: Transition, { changed }: Sample): void {
  // With a single connection the page depends on decoded frames only.
  if (changed && t.state.connections.length > 1) t.changed = true
}

/** What to do when silence begins or ends on the active connection while its link is up. */
export const SILENCE_REACTIONS = {
  begins: [recover],
  ends: [recordFalseAlarm, settle],
} as const

export function updateSilence(t: Transition, { arrivals }: Sample): void {
  for (const before of t.state.connections) {
    const silent = silenceOf(t, before, arrivals)
    if (silent === before.silent) continue
    t.update(before.id, { silent })
    t.changed = true
    if (before.role !== 'active' || before.link !== 'up') continue
    for (const act of SILENCE_REACTIONS[silent ? 'begins' : 'ends']) act(t)
  }
}

/** On a standby silence means nothing, because nothing is sent there. */
function silenceOf(t: Transition, connection: ConnectionState, arrivals: Sample['arrivals']): boolean {
  const { id, role, link, silent } = connection
  if (role === 'standby' || (link !== 'up' && link !== 'degraded')) return false
  const { falseAlarmsMs, connections } = t.state
  const arrival = arrivals.get(id)
  // Without a track that should flow the state is left as it is.
  if (!arrival) return silent
  return isSilent(arrival, {
    degraded: link === 'degraded',
    hasAlternative: connections.length > 1,
    patience: patienceAfter(recentAlarms(falseAlarmsMs, t.nowMs).length),
  })
}

/** Silence that ended by itself: the node was only slow. */
function recordFalseAlarm(t: Transition): void {
  t.set({ falseAlarmsMs: [...recentAlarms(t.state.falseAlarmsMs, t.nowMs), t.nowMs] })
}

/** While a participant has been received only on the standby for a moment, we send there too. */
export function updateMirroring(t: Transition, { split }: Sample): void {
  const { active, standby } = t
  if (!active || standby?.link !== 'up' || standby.promoted) return
  const splitSinceMs = split ? (t.state.splitSinceMs ?? t.nowMs) : undefined
  if (splitSinceMs !== t.state.splitSinceMs) t.set({ splitSinceMs })
  const mirrored = splitSinceMs !== undefined && t.nowMs - splitSinceMs >= SPLIT_MS
  if (mirrored === standby.mirrored) return
  t.update(standby.id, { mirrored })
  t.changed = true
}

export function updateReceiveQuality(t: Transition): void {
  const serving = t.state.connections.filter((connection) => !isIdle(connection))
  t.emit({
    type: 'update-receive-quality',
    nowMs: t.nowMs,
    serving: new Set(serving.map(({ id }) => id)),
  })
}

/** The node takes long to accept us: the meeting may no longer run there. */
export function updateOverdue(t: Transition): void {
  const { active } = t
  if (active?.link !== 'connecting' || t.nowMs - active.linkSinceMs <= CONNECTING_OVERDUE_MS) return
  if (!active.overdue) {
    t.update(active.id, { overdue: true })
    t.changed = true
  }
  recover(t)
}

export function refreshIfChanged(t: Transition): void {
  if (t.changed) t.emit({ type: 'refresh' })
}
