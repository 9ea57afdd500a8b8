import type { JoinAnswer } from '@levee/control-plane/contract'
import type { Room } from 'livekit-client'
import type { Slot } from '../connections/connection.ts'
import type { Slots } from '../connections/connections.ts'

/** Joining a standby is in the way of nobody's first picture, nor of a move; an empty meeting has neither. */
const AFTER_MS = 2_000
/** A standby whose node is gone: the control plane is asked for another one, ever more seldom. */
const AGAIN_MS = { first: 1_000, longest: 30_000 }

type Deps = {
  slots: Slots
  newRoom: () => Room
  drop: (slot: Slot) => void
  onChange: () => void
  /** Asks the control plane once, after a moment. */
  askIn: (ms: number) => void
}

/** Keeps the one standby that the last answer names. */
export class Standby {
  readonly #deps: Deps
  #way: JoinAnswer['standby'] = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #tries = 0

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** `calm`: nobody waits for anything, it can be joined now. */
  follow(way: JoinAnswer['standby'], calm: boolean): void {
    const { slots, drop } = this.#deps
    const { standby } = slots
    this.#way = way
    if (standby && standby.epoch === way?.epoch) {
      standby.sound = way.sound
      return
    }
    // What is shown just now is not thrown away for nothing.
    if (standby && !(way === null && standby.leads)) drop(standby)
    if (!way || slots.standby || slots.active?.line !== 'up') return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#open(), calm ? 0 : AFTER_MS)
  }

  /** Its line has changed. */
  onLine(slot: Slot): void {
    if (slot.line === 'up') {
      this.#tries = 0
    } else if (slot.line === 'cut' || slot.line === 'closed') {
      this.#deps.drop(slot)
      this.#deps.askIn(Math.min(AGAIN_MS.first * 2 ** this.#tries++, AGAIN_MS.longest))
    }
  }

  close(): void {
    clearTimeout(this.#timer)
  }

  #open(): void {
    const { slots, newRoom, onChange } = this.#deps
    const way = this.#way
    const { active, standby } = slots
    if (!way || standby || active?.line !== 'up' || way.epoch <= active.epoch) return
    const { slot } = slots.open(way, 'standby', newRoom())
    slot.sound = way.sound
    onChange()
  }
}
