import type { Sending } from './slot-sender.ts'
import type { Slot } from './slot.ts'

/** What goes out on a slot. */
export function sendingOn(slot: Slot, standby: Slot | undefined): Sending {
  if (isGivenUp(slot, standby)) return { sound: false, picture: false }
  const all = slot.role !== 'standby' || slot.leads || slot.echoes
  return { sound: all || slot.sound, picture: all }
}

/**
 * Nothing comes from it, or nobody is there, and another slot serves: the encoders are needed there. Where it is only
 * slow, the others hear from it that we have paused, and take us from the standby.
 */
function isGivenUp({ role, line, silent, gone }: Slot, standby: Slot | undefined): boolean {
  if (role === 'standby' || line === 'opening' || (line === 'up' && !silent)) return false
  return role === 'leaving' || ((silent || gone) && standby?.leads === true && standby.line === 'up')
}
