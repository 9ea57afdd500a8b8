import { works, type Slot } from '../connections/connection.ts'
import type { Slots } from '../connections/connections.ts'

/** What is known of an old slot when we think of leaving it. */
export type Farewell = {
  /** Its node is still there. */
  alive: boolean
  /** Since the new slot's connection stands; undefined: it does not. */
  newUpForMs: number | undefined
  /** Since it is the old one. */
  oldForMs: number
  /** People who were there and are not on the new one. */
  missing: number
  /** Pictures and sounds that still come from it. */
  shownFromIt: number
  /** Everybody on the new one has said that they see all of us there. */
  allSettled: boolean
}

/** A sleeping page or a very slow one holds nobody longer than this. */
const LONGEST_MS = 10_000
/** A disconnect takes 50 ms of the main thread, which is needed for the new connection just now. */
const LEAST_MS = 1_500

/**
 * stay: it is needed. hang-up: the connection may go, but who was there is still remembered. forget: all of it.
 * Leaving before everybody had arrived made 19 of 20 silences over 100 ms (facts/failover.md).
 */
export function farewell(state: Farewell): 'stay' | 'hang-up' | 'forget' {
  const { alive, newUpForMs, oldForMs, missing, shownFromIt, allSettled } = state
  if (newUpForMs === undefined) return 'stay'
  if (newUpForMs >= LONGEST_MS) return 'forget'
  const done = missing === 0 && shownFromIt === 0
  // Who has not said so may run another client; they had time to swap.
  if (alive) return done && (allSettled || newUpForMs >= LEAST_MS * 2) ? 'forget' : 'stay'
  if (oldForMs < LEAST_MS || newUpForMs < LEAST_MS) return 'stay'
  return done ? 'forget' : 'hang-up'
}

type Deps = {
  slots: Slots
  /** How many pictures and sounds the page takes from this slot. */
  shownFrom: (slot: Slot) => number
  /** Everybody else there has told that they see us. */
  allSettled: (slot: Slot) => boolean
  drop: (slot: Slot) => void
  onChange: () => void
}

const LOOK_MS = 200

/** Leaves the slots where the meeting ran, when nobody needs them any more. */
export class Leaving {
  readonly #deps: Deps
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** From now on there is an old slot. */
  watch(): void {
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS)
  }

  close(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #look(): void {
    const { slots, drop, onChange } = this.#deps
    for (const slot of slots.leaving) {
      const verdict = farewell(this.#stateOf(slot))
      if (verdict === 'forget') {
        drop(slot)
        onChange()
      } else if (verdict === 'hang-up' && slot.line !== 'closed') {
        slots.hangUp(slot)
      }
    }
    if (slots.leaving.length === 0) this.close()
  }

  #stateOf(slot: Slot): Farewell {
    const { slots, shownFrom, allSettled } = this.#deps
    const { active } = slots
    const nowMs = Date.now()
    return {
      alive: works(slot),
      newUpForMs:
        active?.line === 'up' ? nowMs - Math.max(active.lineSinceMs, active.roleSinceMs) : undefined,
      oldForMs: nowMs - slot.roleSinceMs,
      missing: active ? missingFrom(active, slot) : 0,
      shownFromIt: shownFrom(slot),
      allSettled: active !== undefined && allSettled(active),
    }
  }
}

/** People of the old slot who have not come to the new one. */
function missingFrom({ room }: Slot, old: Slot): number {
  const there = old.line === 'up' ? [...old.room.remoteParticipants.keys()] : othersOf(old)
  return there.filter((identity) => !room.remoteParticipants.has(identity)).length
}

const othersOf = ({ lastView }: Slot) =>
  (lastView?.people ?? []).filter(({ isLocal }) => !isLocal).map(({ identity }) => identity)
