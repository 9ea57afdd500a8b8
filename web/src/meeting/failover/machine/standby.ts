import type { JoinAnswer } from '@levee/control-plane/contract'
import { STANDBY_DELAY_MS, STANDBY_RETRY_FIRST_MS, STANDBY_RETRY_MAX_MS } from '../../tuning.ts'
import type { ConnectionState } from '../../connections/connection.ts'
import type { Transition } from './transition.ts'

// Keeps the standby that the control plane's last answer names.

/** Closes a standby that is not the one named, and opens the named one when nothing else is going on. */
export function followStandby(t: Transition): void {
  const wanted = t.state.answer?.standby ?? null
  const { standby } = t
  if (standby && standby.epoch === wanted?.epoch) {
    t.update(standby.id, { soundRunning: wanted.sound })
    return
  }
  // A standby that is shown at the moment stays while there is nothing to replace it.
  if (standby && !(wanted === null && standby.promoted)) t.remove(standby)
  if (!wanted || t.standby || t.active?.link !== 'up') return
  const isCalm = t.state.pictureShown && t.previous.length === 0
  t.emit({ type: 'start-standby-timer', afterMs: isCalm ? 0 : STANDBY_DELAY_MS })
}

/** The standby that can be opened now. */
function standbyToOpen({ state, standby, active }: Transition): JoinAnswer['standby'] {
  const wanted = state.answer?.standby ?? null
  if (!wanted || standby || active?.link !== 'up') return null
  return wanted.epoch > active.epoch ? wanted : null
}

export const wantsStandby = (t: Transition): boolean => standbyToOpen(t) !== null

export function openStandby(t: Transition): void {
  const access = standbyToOpen(t)
  if (access) t.open(access, 'standby', access.sound)
}

export const resetStandbyFailures = (t: Transition): void => t.set({ standbyFailures: 0 })

/** Removes a standby that has failed, and calls `rejoin` for another one after a while. */
export function replaceStandby(t: Transition, connection: ConnectionState): void {
  const { standbyFailures } = t.state
  t.remove(connection)
  t.set({ standbyFailures: standbyFailures + 1 })
  t.emit({
    type: 'rejoin-once',
    afterMs: Math.min(STANDBY_RETRY_FIRST_MS * 2 ** standbyFailures, STANDBY_RETRY_MAX_MS),
  })
}

export const firstPicture = (t: Transition): boolean => !t.state.pictureShown
export const rememberPicture = (t: Transition): void => t.set({ pictureShown: true })
