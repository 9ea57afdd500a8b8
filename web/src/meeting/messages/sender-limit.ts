import { SENDERS_MAX } from '../tuning.ts'

type Bucket = { tokens: number; atMs: number }

/** How many messages of one sender are taken: `burst` at once, then `perSec`. */
export type Rate = { burst: number; perSec: number }

/**
 * Limits the messages of each sender by the receiver's clock. The sender is the one that the node has stamped on the
 * message. The one that has been quiet for longest is forgotten first.
 */
export class SenderLimit {
  readonly #rate: Rate
  readonly #buckets = new Map<string, Bucket>()

  constructor(rate: Rate) {
    this.#rate = rate
  }

  /** Whether one more message of this sender is taken. */
  take(identity: string): boolean {
    const bucket = this.#filled(identity)
    const allowed = bucket.tokens >= 1
    if (allowed) bucket.tokens--
    this.#buckets.delete(identity)
    this.#buckets.set(identity, bucket)
    const [oldest] = this.#buckets.keys()
    if (this.#buckets.size > SENDERS_MAX && oldest !== undefined) this.#buckets.delete(oldest)
    return allowed
  }

  /** Whether this sender has been quiet for long enough to have all of `burst` again. */
  isCalm(identity: string): boolean {
    return this.#filled(identity).tokens >= this.#rate.burst
  }

  #filled(identity: string): Bucket {
    const now = performance.now()
    const { tokens, atMs } = this.#buckets.get(identity) ?? { tokens: this.#rate.burst, atMs: now }
    const gained = ((now - atMs) / 1_000) * this.#rate.perSec
    return { tokens: Math.min(this.#rate.burst, tokens + gained), atMs: now }
  }
}
