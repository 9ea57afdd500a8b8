import type { LivekitRooms } from './livekit-rooms.ts'
import { priorityQueue } from './priority-queue.ts'
import type { LivekitReader } from './reader.ts'
import { EXACT_COUNT_MAX_ROOMS, LIVEKIT_CALLS_AT_ONCE } from '../tuning/livekit.ts'

/** Rooms with participants, and the participants. */
export type Occupancy = { rooms: number; participants: number }

/**
 * Counts the participants on this LiveKit. Counts in its list of rooms are up to 10 s late, so each room is queried by
 * itself. With too many rooms for that the count is approximate, but 0 participants is always exact. Rejects on failure.
 */
export async function countOccupancy(
  livekit: Pick<LivekitReader & LivekitRooms, 'rooms' | 'participantsIn'>,
): Promise<Occupancy> {
  const carried = await livekit.rooms()
  const occupied = carried.filter((room) => room.participants > 0)
  if (occupied.length > EXACT_COUNT_MAX_ROOMS) return sum(occupied.map((room) => room.participants))
  const run = priorityQueue(LIVEKIT_CALLS_AT_ONCE)
  const countIn = (rooms: typeof carried) =>
    Promise.all(rooms.map(({ name }) => run('low', () => livekit.participantsIn(name)))).then(sum)
  if (carried.length <= EXACT_COUNT_MAX_ROOMS) return countIn(carried)
  const inOccupied = await countIn(occupied)
  if (inOccupied.participants > 0) return inOccupied
  return countIn(carried.filter((room) => room.participants === 0))
}

const sum = (counts: number[]): Occupancy => ({
  rooms: counts.filter((count) => count > 0).length,
  participants: counts.reduce((total, count) => total + count, 0),
})

/** "3 rooms, 9 participants" */
export const describeOccupancy = ({ rooms, participants }: Occupancy): string =>
  `${rooms} ${rooms === 1 ? 'room' : 'rooms'}, ${participants} ${participants === 1 ? 'participant' : 'participants'}`
