// Chance that can be repeated: the same seed and the same name give the same numbers, whatever else happens.

/** The next number of a stream, 0 ≤ x < 1. */
export type Random = () => number

/** A stream of its own for each name, so that one subject drawing more does not shift another's numbers. */
export function seeded(seed: number, name: string): Random {
  const next = hasher(`${seed}/${name}`)
  let [a, b, c, d] = [next(), next(), next(), next()]
  // sfc32: small, fast, passes PractRand.
  const draw = () => {
    const t = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + t
    return (t >>> 0) / 2 ** 32
  }
  for (let i = 0; i < 12; i++) draw()
  return draw
}

/** FNV-1a over the text, then steps of splitmix32. */
function hasher(text: string): () => number {
  let state = 0x811c9dc5
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193)
  return () => {
    state = (state + 0x9e3779b9) | 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return mixed ^ (mixed >>> 15)
  }
}

/** Time until the next of independent events that come every `mean` on average. */
export const exponential = (random: Random, mean: number): number => -mean * Math.log(1 - random())

export const between = (random: Random, from: number, to: number): number => from + random() * (to - from)

export function pick<T>(random: Random, of: readonly T[]): T {
  const one = of[Math.floor(random() * of.length)]
  if (one === undefined) throw new RangeError('nothing to pick from')
  return one
}

/** One of the entries, with the chance of its weight. */
export function weighted<T>(random: Random, of: readonly (readonly [T, number])[]): T {
  let left = random() * of.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [one, weight] of of) if ((left -= weight) < 0) return one
  return of[of.length - 1]![0]
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Text of the URL-safe base64 alphabet, 6 bits a letter. No secret of anything real. */
export const letters = (random: Random, length: number): string =>
  Array.from({ length }, () => LETTERS[Math.floor(random() * 64)]).join('')
