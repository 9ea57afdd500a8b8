// The life of rooms, planned beforehand: when they start, who joins when and for how long.
import { type Random, seeded } from '@levee/deploy/seeded-random'
import { ARRIVAL_MS, DECLARED_FROM, ENDED_BY_HOST_SHARE, ROOM_SIZE_TAIL, SMALLEST_ROOM } from '../tuning.ts'

export interface RoomPlan {
  atMs: number
  /** Participants over its whole life. */
  size: number
  /** What its creator declares; undefined: nothing. */
  declared: number | undefined
  /** First to last; the first joins at once. Milliseconds since the room was created. */
  people: { joinsMs: number; staysMs: number }[]
  /** A host ends the room then; undefined: it ends with its last participant. */
  endsMs: number | undefined
}

export interface RoomOptions {
  seed: number
  seconds: number
  joinsPerSec: number
  /** Mean length of a meeting. */
  meetingSec: number
  /** Largest room. No node can take a room larger than itself. */
  largest: number
  /** Share of the large rooms that do not declare their size. */
  undeclared: number
}

/** In order of time, until `seconds` are over. */
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
  const size = randomSize(random, options.largest)
  const lengthMs = 3_000 + random.exponential(options.meetingSec * 1_000)
  const undeclared = random.chance(options.undeclared)
  const people = Array.from({ length: size }, (_, i) => {
    const joinsMs = i === 0 ? 0 : Math.min(0.8 * lengthMs, random.exponential(ARRIVAL_MS))
    const staysMs = Math.max(1_000, lengthMs * random.between(0.8, 1) - joinsMs)
    return { joinsMs: Math.round(joinsMs), staysMs: Math.round(staysMs) }
  })
  return {
    atMs,
    size,
    declared: size >= DECLARED_FROM && !undeclared ? size : undefined,
    people: people.toSorted((a, b) => a.joinsMs - b.joinsMs),
    endsMs: random.chance(ENDED_BY_HOST_SHARE) ? Math.round(lengthMs * random.between(0.4, 0.9)) : undefined,
  }
}

/** Power law: most rooms are small, few are large. */
export const randomSize = (random: Random, largest: number): number =>
  Math.min(largest, Math.floor(SMALLEST_ROOM * (1 - random.next()) ** (-1 / ROOM_SIZE_TAIL)))

/** Sum over sizes of the probability to be at least that large. */
function meanSize(largest: number): number {
  let mean = SMALLEST_ROOM
  for (let size = SMALLEST_ROOM + 1; size <= largest; size++)
    mean += (size / SMALLEST_ROOM) ** -ROOM_SIZE_TAIL
  return mean
}
