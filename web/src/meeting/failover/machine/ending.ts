import type { EndReason } from '../../connections/connection-status.ts'
import type { EventOf } from './events.ts'
import type { Transition } from './transition.ts'

/** Leaves every node. Publishers end first, so that no device is still being sent when the page shows the end. */
function end(t: Transition, why: EndReason): void {
  const { connections } = t.state
  for (const { id } of connections) t.emit({ type: 'unpublish', id })
  t.emit(
    { type: 'close-rejoin' },
    { type: 'stop-probe' },
    { type: 'stop-media-monitor' },
    { type: 'stop-standby-timer' },
    { type: 'stop-handover-timer' },
  )
  for (const connection of connections) t.disconnect(connection)
  t.set({ phase: 'ended', endReason: why, connections: [], rejoining: false, probing: false })
  t.emit({ type: 'end', why })
}

export const endAsAsked = (t: Transition, { why }: EventOf<'leave' | 'evicted'>): void => end(t, why)
export const endAsEnded = (t: Transition): void => end(t, 'ended')
export const endAsLost = (t: Transition): void => end(t, 'lost')
