import type { JoinAnswer } from '@levee/control-plane/contract'
import { jittered } from '@levee/control-plane/protocol/backoff'
import type { Answer, Refusal } from '../../api/client.ts'
import { REJOIN_CALM_MS, REJOIN_JITTER, REJOIN_PAUSE_MAX_MS, REJOIN_PAUSES_MS } from '../tuning.ts'

/** Calls the control plane to find out where the meeting runs. `lost`: the epoch whose connection broke. */
export type Rejoin = (lost: number | undefined) => Promise<Answer<JoinAnswer>>

/**
 * Calls `rejoin`, one call at a time: repeatedly while a connection is lost, or once when something may have changed.
 * The last answer is the valid one.
 */
export class RejoinLoop {
  readonly #rejoin: Rejoin
  readonly #onAnswer: (answer: JoinAnswer) => void
  readonly #onRefusal: (refusal: Refusal) => boolean
  #lost: (() => number | undefined) | undefined
  #tries = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #dueMs = 0
  /** No repeated call before this time. */
  #earliestMs = 0
  #calling = false
  /** A call was requested while another was under way: the answer of that one may predate the request. */
  #callAgain = false
  #closed = false

  /** `onRefusal` returns whether to call again. */
  constructor(
    rejoin: Rejoin,
    onAnswer: (answer: JoinAnswer) => void,
    onRefusal: (refusal: Refusal) => boolean,
  ) {
    this.#rejoin = rejoin
    this.#onAnswer = onAnswer
    this.#onRefusal = onRefusal
  }

  /** Calls repeatedly from now on; `lost` is read at each call. */
  start(lost: () => number | undefined): void {
    if (this.#lost || this.#closed) return
    this.#lost = lost
    // A node that does not accept us leads to another start, which must not cause a burst of calls.
    const restMs = this.#earliestMs - Date.now()
    if (restMs < -REJOIN_CALM_MS) this.#tries = 0
    this.#schedule(Math.max(0, restMs))
  }

  /** Something has just changed: the next repeated call goes out now. */
  now(): void {
    if (this.#lost) this.#schedule(0)
  }

  /** The connection is back. The answer of a call under way still counts. */
  stop(): void {
    if (!this.#lost) return
    this.#lost = undefined
    if (!this.#calling) this.#clear()
  }

  /** Calls once, after a while. */
  once(afterMs = 0): void {
    if (this.#closed || this.#lost) return
    if (this.#calling) this.#callAgain = true
    else this.#schedule(afterMs)
  }

  close(): void {
    this.#closed = true
    this.#lost = undefined
    this.#clear()
  }

  #clear(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** The earlier of two requests counts. */
  #schedule(afterMs: number): void {
    const dueMs = Date.now() + afterMs
    if (this.#calling) return
    if (this.#timer !== undefined && this.#dueMs <= dueMs) return
    this.#clear()
    this.#dueMs = dueMs
    // Without a timer: in a hidden page it would fire up to a second late.
    if (afterMs === 0) return void this.#call()
    this.#timer = setTimeout(() => void this.#call(), afterMs)
  }

  async #call(): Promise<void> {
    this.#timer = undefined
    this.#calling = true
    const repeated = this.#lost !== undefined
    const answer = await this.#rejoin(this.#lost?.())
    this.#calling = false
    if (this.#closed) return
    const pauseMs = this.#pauseMs(answer.ok ? undefined : answer.refusal.retryAfterSec)
    if (repeated) this.#earliestMs = Date.now() + pauseMs
    const goesOn = answer.ok ? (this.#onAnswer(answer.value), true) : this.#onRefusal(answer.refusal)
    if (!goesOn) this.stop()
    if (this.#closed || !goesOn) return
    if (this.#lost) this.#schedule(pauseMs)
    else if (this.#callAgain) this.#schedule(0)
    // No connection is lost, but the call had no result.
    else if (!answer.ok) this.#schedule(jittered(REJOIN_PAUSE_MAX_MS, REJOIN_JITTER, Math.random))
    this.#callAgain = false
  }

  #pauseMs(retryAfterSec: number | undefined): number {
    const { length } = REJOIN_PAUSES_MS
    const step = REJOIN_PAUSES_MS[Math.min(this.#tries++, length - 1)] ?? REJOIN_PAUSE_MAX_MS
    const wantedMs = retryAfterSec === undefined ? step : Math.max(step, retryAfterSec * 1000)
    return jittered(Math.min(wantedMs, REJOIN_PAUSE_MAX_MS), REJOIN_JITTER, Math.random)
  }
}
