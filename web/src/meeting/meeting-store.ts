import type { JoinAnswer } from '@levee/control-plane/contract'
import type { Room } from 'livekit-client'
import type { Refusal } from '../api/client.ts'
import type { Measured } from '../sites/round-trips.ts'
import type { EndReason } from './connections/connection-status.ts'
import type { Link } from './connections/connection.ts'
import { firstView, type MeetingView, type Observed } from './meeting-view.ts'
import { StatusDelay } from './status-delay.ts'
import { shareStructure } from './structural-sharing.ts'

/** The view of a meeting and its listeners, in the form that React's useSyncExternalStore needs. */
export class MeetingStore {
  #view: MeetingView
  #refusal: Refusal | undefined
  readonly #listeners = new Set<() => void>()
  readonly #statusDelay: StatusDelay

  /** `onStatusDue`: a connection problem has lasted long enough to be announced. */
  constructor(room: Room, onStatusDue: () => void) {
    this.#view = firstView(room)
    this.#statusDelay = new StatusDelay(onStatusDue)
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  readonly view = (): MeetingView => this.#view

  notify(): void {
    for (const listener of this.#listeners) listener()
  }

  setMeasured(measured: Measured): void {
    this.#view = { ...this.#view, measured }
  }

  takeAnswer(answer: JoinAnswer): void {
    this.#refusal = undefined
    this.#view = { ...this.#view, answer }
  }

  /** The refusal is shown with the next update, until there is an answer. */
  setRefusal(refusal: Refusal): void {
    this.#refusal = refusal
  }

  /** Does not notify, because the sending policies are adjusted to the new view first. */
  update(seen: Observed): void {
    const { refusal: _, ...before } = this.#view
    this.#view = shareStructure(this.#view, {
      ...before,
      ...seen,
      announced: this.#statusDelay.isAnnounced(before.connection, seen.connection),
      ...(this.#refusal && { refusal: this.#refusal }),
    })
  }

  get isOver(): boolean {
    return this.#view.connection === 'over'
  }

  end(why: EndReason): void {
    this.#statusDelay.close()
    this.#view = { ...this.#view, connection: 'over', over: why, sharing: false }
    this.notify()
  }

  /**
   * Once the page shows that the participant is disconnected, nothing is sent on a broken link: the others must not hear
   * what this person says in the belief that no one hears it.
   */
  withholdsOn(link: Link): boolean {
    const { announced, connection } = this.#view
    return announced && (connection === 'reconnecting' || connection === 'rejoining') && link !== 'up'
  }
}
