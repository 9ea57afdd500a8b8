import type { Sending } from '../publishing/publisher.ts'
import { works, type Slot } from '../connections/connection.ts'
import type { Slots } from '../connections/connections.ts'

/** What goes out on a slot. */
export function sendingOn(slot: Slot, slots: Where): Sending {
  if (isGivenUp(slot, slots.standby)) return { sound: false, picture: false }
  const all = slot.role !== 'standby' || slot.leads || slot.echoes
  const fewFrames = slot.role !== 'standby' && isOnBoth(slots)
  return { sound: all || slot.sound, picture: all, ...(fewFrames && { fewFrames }) }
}

type Where = Pick<Slots, 'active' | 'standby' | 'leaving'>

/**
 * A meeting moves, and for these seconds everybody encodes and decodes each picture twice: with few frames that is
 * hardly more work than before. Not for a node that may never let us in.
 */
const isOnBoth = ({ active, leaving }: Where): boolean =>
  active !== undefined &&
  (active.line === 'up' || (active.line === 'opening' && !active.late)) &&
  leaving.some(works)

/**
 * Nothing comes from it, or nobody is there, and another slot serves: the encoders are needed there. Where it is only
 * slow, the others hear from it that we have paused, and take us from the standby.
 */
function isGivenUp({ role, line, silent, gone }: Slot, standby: Slot | undefined): boolean {
  if (role === 'standby' || line === 'opening' || (line === 'up' && !silent)) return false
  return role === 'leaving' || ((silent || gone) && standby?.leads === true && standby.line === 'up')
}
