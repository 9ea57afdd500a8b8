// Repeatable random numbers for simulations, benchmarks and random-walk tests, over pure-rand's xoroshiro128+.
import { createHash } from 'node:crypto'
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'

const URL_SAFE = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/**
 * The same seed and label always give the same sequence. Give each subject its own label: then one subject drawing
 * more numbers does not shift another's.
 */
export const seeded = (seed: number, label: string): Random => new Random(`${seed}/${label}`)

export class Random {
  readonly #generator

  constructor(seed: string) {
    // Hashed, because similar seeds (1, 2, …) would give similar first numbers.
    const digest = createHash('sha256').update(seed).digest()
    this.#generator = xoroshiro128plusFromState([0, 4, 8, 12].map((at) => digest.readInt32LE(at)))
  }

  /** Uniform, 0 ≤ x < 1. */
  next(): number {
    return uniformFloat64(this.#generator)
  }

  /** Uniform, `from` ≤ x < `to`. */
  between(from: number, to: number): number {
    return from + this.next() * (to - from)
  }

  /** A whole number, 0 ≤ n < limit. */
  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  /** True with the given probability, 0…1. */
  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(all: readonly T[]): T {
    if (all.length === 0) throw new RangeError('nothing to pick from')
    return all[this.below(all.length)] as T
  }

  /** One value of [value, weight] pairs, with a probability in proportion to its weight. */
  weighted<T>(all: readonly (readonly [T, number])[]): T {
    let left = this.next() * all.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [value, weight] of all) if ((left -= weight) < 0) return value
    const last = all.at(-1)
    if (last === undefined) throw new RangeError('nothing to pick from')
    return last[0]
  }

  /** Time until the next of independent events that happen every `mean` on average, in the unit of `mean`. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next())
  }

  /** Text of the URL-safe base64 alphabet, 6 bits per character. Predictable: never use it as a real secret. */
  letters(length: number): string {
    return Array.from({ length }, () => URL_SAFE[this.below(64)]).join('')
  }
}
