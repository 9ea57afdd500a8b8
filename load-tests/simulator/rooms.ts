// The life of rooms, planned beforehand: when they start, who comes when and stays how long.
import { type Random, seeded } from '@levee/deploy/seeded-random'

export interface RoomPlan {
  atMs: number
  /** People over its whole life. */
  size: number
  /** What its creator says will come; undefined: says nothing. */
  declared: number | undefined
  /** First to last; the first comes with the room. Milliseconds since the room was made. */
  people: { comesMs: number; staysMs: number }[]
  /** A host ends it for everybody then. */
  endsMs: number | undefined
}

/** Most rooms are small, few are large: the tail of a power law. Mean 5.1 at a largest of 100. */
const TAIL = 1.6
const SMALLEST = 2
/** From this size on somebody has a calendar: the room is declared, if not too low. */
const DECLARED_FROM = 7
const COME_WITHIN_MS = 5_000
const ENDED_BY_HOST = 0.2

export interface RoomOptions {
  seed: number
  seconds: number
  joinsPerSec: number
  /** Mean length of a meeting. */
  meetingSec: number
  /** Largest room; a room larger than any node has no place at all. */
  largest: number
  /** Share of the large rooms that nobody declared. */
  surprises: number
}

/** One after the other in the order of time, until `seconds` are over. */
export function* planRooms(options: RoomOptions): Generator<RoomPlan> {
  const random = seeded(options.seed, 'rooms')
  const everyMs = (1_000 * meanSize(options.largest)) / options.joinsPerSec
  for (let atMs = 0; ;) {
    atMs += random.exponential(everyMs)
    if (atMs > options.seconds * 1_000) return
    yield planRoom(random, Math.round(atMs), options)
  }
}

function planRoom(random: Random, atMs: number, options: RoomOptions): RoomPlan {
  const size = drawSize(random, options.largest)
  const lengthMs = 3_000 + random.exponential(options.meetingSec * 1_000)
  const surprise = random.next() < options.surprises
  const people = Array.from({ length: size }, (_, i) => {
    const comesMs = i === 0 ? 0 : Math.min(0.8 * lengthMs, random.exponential(COME_WITHIN_MS))
    const staysMs = Math.max(1_000, lengthMs * random.between(0.8, 1) - comesMs)
    return { comesMs: Math.round(comesMs), staysMs: Math.round(staysMs) }
  })
  return {
    atMs,
    size,
    declared: size >= DECLARED_FROM && !surprise ? size : undefined,
    people: people.toSorted((a, b) => a.comesMs - b.comesMs),
    endsMs: random.next() < ENDED_BY_HOST ? Math.round(lengthMs * random.between(0.4, 0.9)) : undefined,
  }
}

export const drawSize = (random: Random, largest: number): number =>
  Math.min(largest, Math.floor(SMALLEST * (1 - random.next()) ** (-1 / TAIL)))

/** Sum over sizes of the chance to be at least that large. */
function meanSize(largest: number): number {
  let mean = SMALLEST
  for (let size = SMALLEST + 1; size <= largest; size++) mean += (size / SMALLEST) ** -TAIL
  return mean
}
