import type { JoinAnswer } from '@levee/control-plane/contract'
import type { Answer, Refusal } from '../../api/client.ts'

/** First at once, then after these; the last one is repeated. */
const AGAIN_MS = [250, 500, 1_000]
/** A refusal may ask for patience; people who are cut off get no more than this. */
const LONGEST_MS = 2_000
const JITTER = 0.2
/** After so long without trouble the next one begins anew. */
const CALM_MS = 5_000

/** Asks where the meeting runs. `lost`: the epoch whose connection broke. */
export type Rejoin = (lost: number | undefined) => Promise<Answer<JoinAnswer>>

/**
 * Asks the control plane, one question at a time: again and again while a connection is lost, or once when
 * something may have changed. The truth is always the last answer.
 */
export class RejoinLoop {
  readonly #ask: Rejoin
  readonly #onAnswer: (answer: JoinAnswer) => void
  readonly #onRefusal: (refusal: Refusal) => boolean
  #lost: (() => number | undefined) | undefined
  #tries = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #dueMs = 0
  /** No question of a row before this. */
  #nextMs = 0
  #asking = false
  /** Asked for while a question was out: that one may know less. */
  #askAgain = false
  #closed = false

  /** `onRefusal` says whether it is worth asking again. */
  constructor(ask: Rejoin, onAnswer: (answer: JoinAnswer) => void, onRefusal: (refusal: Refusal) => boolean) {
    this.#ask = ask
    this.#onAnswer = onAnswer
    this.#onRefusal = onRefusal
  }

  /** From now on again and again; `lost` is read at each question. */
  start(lost: () => number | undefined): void {
    if (this.#lost || this.#closed) return
    this.#lost = lost
    // A place that does not open ends in another start: that must not be a rush of questions.
    const restMs = this.#nextMs - Date.now()
    if (restMs < -CALM_MS) this.#tries = 0
    this.#due(Math.max(0, restMs))
  }

  /** Something has just changed: the next question of the row goes out now. */
  hurry(): void {
    if (this.#lost) this.#due(0)
  }

  /** The connection is back. A question that is out is still heard. */
  stop(): void {
    if (!this.#lost) return
    this.#lost = undefined
    if (!this.#asking) this.#clear()
  }

  /** Once, after a moment. */
  once(afterMs = 0): void {
    if (this.#closed || this.#lost) return
    if (this.#asking) this.#askAgain = true
    else this.#due(afterMs)
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

  /** The earlier of two appointments counts. */
  #due(afterMs: number): void {
    const dueMs = Date.now() + afterMs
    if (this.#asking) return
    if (this.#timer !== undefined && this.#dueMs <= dueMs) return
    this.#clear()
    this.#dueMs = dueMs
    // Not by a timer: in a page out of sight it would wait for a second.
    if (afterMs === 0) return void this.#go()
    this.#timer = setTimeout(() => void this.#go(), afterMs)
  }

  async #go(): Promise<void> {
    this.#timer = undefined
    this.#asking = true
    const inRow = this.#lost !== undefined
    const answer = await this.#ask(this.#lost?.())
    this.#asking = false
    if (this.#closed) return
    const pauseMs = this.#pauseMs(answer.ok ? undefined : answer.refusal.retryAfterSec)
    if (inRow) this.#nextMs = Date.now() + pauseMs
    const worth = answer.ok ? (this.#onAnswer(answer.value), true) : this.#onRefusal(answer.refusal)
    if (!worth) this.stop()
    if (this.#closed || !worth) return
    if (this.#lost) this.#due(pauseMs)
    else if (this.#askAgain) this.#due(0)
    // Nobody is cut off, but the question came to nothing.
    else if (!answer.ok) this.#due(LONGEST_MS * jitter())
    this.#askAgain = false
  }

  #pauseMs(retryAfterSec: number | undefined): number {
    const step = AGAIN_MS[Math.min(this.#tries++, AGAIN_MS.length - 1)] ?? LONGEST_MS
    if (retryAfterSec === undefined) return step * jitter()
    return Math.min(Math.max(step, retryAfterSec * 1000), LONGEST_MS) * jitter()
  }
}

const jitter = () => 1 - JITTER + 2 * JITTER * Math.random()
