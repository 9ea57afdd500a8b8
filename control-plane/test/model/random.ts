/** Seeded pseudo-random numbers (mulberry32): the same seed is the same walk. */
export type Random = {
  next(): number
  below(n: number): number
  chance(p: number): boolean
  pick<T>(all: readonly T[]): T
}

export function seeded(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (n: number) => Math.floor(next() * n)
  return {
    next,
    below,
    chance: (p) => next() < p,
    pick: <T>(all: readonly T[]) => {
      if (all.length === 0) throw new RangeError('nothing to pick from')
      return all[below(all.length)] as T
    },
  }
}
