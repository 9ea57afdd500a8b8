import type { NodeAccess } from '@levee/control-plane/contract'
import { isIdle, type ConnectionState } from '../../connections/connection.ts'
import { freshAccess } from './state.ts'
import type { Transition } from './transition.ts'

// What happens when the active connection fails, and when it works again.

/**
 * Called at the first sign of a failure: a standby that is up serves at once, and `rejoin` is called to find out where
 * the meeting runs. Effects for the standby are listed first, because they shorten the gap.
 */
export function recover(t: Transition): void {
  const { active, standby } = t
  if (standby?.link === 'up') {
    markStale(t, standby)
    t.update(standby.id, { promoted: true })
    t.emit({ type: 'standby-promoted' })
    if (active) t.emit({ type: 'set-retry-pace', id: active.id, pace: 'slow' })
    if (active?.link === 'degraded') inspect(t, active)
  }
  t.set({ rejoining: true })
  t.emit({ type: 'start-rejoin' })
}

/**
 * A jitter buffer plays on for a tenth of a second and more, so missing packets show a dead node late; a closed port
 * shows it at once. Encoding for the dead node any longer would delay the standby's first picture on a busy machine.
 */
function inspect(t: Transition, { id, unreachable }: ConnectionState): void {
  t.emit({ type: 'sample-media-soon' })
  if (!unreachable) t.emit({ type: 'probe-once', id })
}

/** Frames that a standby has shown so far are outdated when it begins to serve. */
export function markStale(t: Transition, connection: ConnectionState): void {
  if (isIdle(connection)) t.emit({ type: 'mark-stale', id: connection.id })
}

/** The active connection works. */
export function settle(t: Transition): void {
  const { active, standby } = t
  if (standby?.promoted) t.update(standby.id, { promoted: false })
  if (active) t.emit({ type: 'set-retry-pace', id: active.id, pace: 'quick' })
  stopAsking(t)
}

function stopAsking(t: Transition): void {
  t.set({ rejoining: false, probing: false })
  t.emit({ type: 'stop-rejoin' }, { type: 'stop-probe' })
}

/** `rejoin` is not called while it connects: whether this node is lost too is not known yet. */
export function openActive(t: Transition, access: NodeAccess): void {
  stopAsking(t)
  t.open(access, 'active')
}

/** The meeting runs elsewhere now, or on the same node in a new connection. */
export function retireActive(t: Transition): void {
  const { active } = t
  if (active) t.setRole(active, 'previous')
}

/** Starts to check whether the previous connections are still needed. */
export const watchHandover = (t: Transition): void => t.emit({ type: 'start-handover-timer' })

/**
 * Connects to the same node again: it was restarted, and LiveKit's own full reconnect would wait two seconds before it
 * publishes. The old room is left first, or the node would evict one of the two.
 */
export function reopen(t: Transition, access: NodeAccess): void {
  const { active } = t
  retireActive(t)
  if (active) {
    t.disconnect(active)
    t.emit({ type: 'unpublish', id: active.id })
  }
  openActive(t, access)
  watchHandover(t)
}

export const hasFreshAccess = (t: Transition): boolean => freshAccess(t.state, t.nowMs) !== undefined

export function reopenWithFreshAccess(t: Transition): void {
  const access = freshAccess(t.state, t.nowMs)
  if (access) reopen(t, access)
}

export const rejoinNow = (t: Transition): void => t.emit({ type: 'rejoin-now' })
export const refresh = (t: Transition): void => t.emit({ type: 'refresh' })
