import { sendPolicy } from '../send-policy.ts'
import type { EventOf } from './events.ts'
import type { Transition } from './transition.ts'

// Reactions to what a node, or the SDK, reports about one connection.

export function isAcceptedElsewhere(t: Transition, { id }: EventOf<'signal-connected'>): boolean {
  return t.state.phase === 'running' && t.find(id)?.link === 'connecting'
}

/**
 * Negotiates our tracks while media is still connecting. Not on the first connection, where the others' video comes
 * first (docs/adr/0010).
 */
export function publishEarly(t: Transition, { id }: EventOf<'signal-connected'>): void {
  const connection = t.find(id)
  if (connection) t.emit({ type: 'publish', id, policy: sendPolicy(connection, t.state.connections) })
}

export const isActive = ({ active }: Transition, { id }: EventOf<'evicted'>): boolean => active?.id === id

export function removeEvicted(t: Transition, { id }: EventOf<'evicted'>): void {
  const connection = t.find(id)
  if (connection) t.remove(connection)
}

const roomOf = (t: Transition, id: number): string => t.find(id)?.access.roomName ?? ''

export function isNewMessage(t: Transition, { id, ask }: EventOf<'node-message'>): boolean {
  const connection = t.find(id)
  if (!connection || connection.disconnected) return false
  return ask > (t.state.asks[roomOf(t, id)] ?? -1)
}

export function rememberMessage(t: Transition, { id, ask }: EventOf<'node-message'>): void {
  t.set({ asks: { ...t.state.asks, [roomOf(t, id)]: ask } })
}

export const rejoinStaggered = (t: Transition, { staggerMs }: EventOf<'node-message'>): void =>
  t.emit({ type: 'rejoin-once', afterMs: staggerMs })

export const isRunning = (t: Transition): boolean => t.state.phase === 'running'
export const rejoinOnce = (t: Transition): void => t.emit({ type: 'rejoin-once', afterMs: 0 })

export const keepToken = (t: Transition, { id, token }: EventOf<'token-refreshed'>): void =>
  t.update(id, { refreshedToken: token })

export const isStillDegraded = (t: Transition, { id }: EventOf<'node-unreachable'>): boolean =>
  t.find(id)?.link === 'degraded'

export const markUnreachable = (t: Transition, { id }: EventOf<'node-unreachable'>): void =>
  t.update(id, { unreachable: true })
