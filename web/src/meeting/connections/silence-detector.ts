import { heardOnlyOn } from './split-detector.ts'
import type { Pulse } from './media-monitor.ts'
import type { Slot } from './connection.ts'
import type { Slots } from './connections.ts'

/** So long a false alarm makes us more patient. */
const ALARM_MS = 30_000
/** Somebody who is heard on the standby alone for a moment has only been slow. */
const ALONE_MS = 400

/** What it means that nothing comes on a connection, or that somebody comes on one and not on the other. */
export class Silence {
  readonly #slots: Slots
  readonly #pulse: Pulse
  /** When silence was a false alarm. */
  readonly #alarms: number[] = []
  /** Since somebody is heard on the standby alone. */
  #aloneSinceMs: number | undefined

  constructor(slots: Slots, pulse: Pulse) {
    this.#slots = slots
    this.#pulse = pulse
  }

  /** Of a standby silence says nothing: nobody sends there. */
  of(slot: Slot, nowMs: number): boolean {
    if (slot.role === 'standby' || (slot.line !== 'up' && slot.line !== 'shaky')) return false
    const warm = this.#slots.all.length > 1
    return this.#pulse.silent(slot, nowMs, warm, this.#patience(nowMs)) ?? slot.silent
  }

  /** It was only slow: the next time we wait longer, or a busy machine would be made busier. */
  wasFalse(nowMs: number): void {
    this.#alarms.push(nowMs)
  }

  /** Somebody on this standby cannot reach the active node: they are answered here. */
  echoesOn(standby: Slot, active: Slot, nowMs: number): boolean {
    const alone = heardOnlyOn(standby, active, this.#pulse, nowMs)
    this.#aloneSinceMs = alone ? (this.#aloneSinceMs ?? nowMs) : undefined
    return this.#aloneSinceMs !== undefined && nowMs - this.#aloneSinceMs >= ALONE_MS
  }

  #patience(nowMs: number): number {
    while (nowMs - (this.#alarms[0] ?? nowMs) > ALARM_MS) this.#alarms.shift()
    return 2 ** Math.min(this.#alarms.length, 3)
  }
}
