import type { LivekitRooms } from './livekit-rooms.ts'
import type { LivekitReader } from './reader.ts'
import { EXACT_ROOMS, ROOM_ORDERS_AT_ONCE } from '../tuning/agent.ts'
import { twoLanes } from '../orders/priority-queue.ts'

/** Rooms with people in them, and the people. */
export type WhoIsHere = { rooms: number; participants: number }

/**
 * Counts the people on this LiveKit. Its list of rooms tells of them up to 10 s late, so each room is asked by itself.
 * Where there are too many for that, the count is near; that nobody is here is exact all the same. Rejects on failure.
 */
export async function whoIsHere(
  livekit: Pick<LivekitReader & LivekitRooms, 'rooms' | 'peopleIn'>,
): Promise<WhoIsHere> {
  const carried = await livekit.rooms()
  const occupied = carried.filter((room) => room.participants > 0)
  if (occupied.length > EXACT_ROOMS) return sum(occupied.map((room) => room.participants))
  const run = twoLanes(ROOM_ORDERS_AT_ONCE)
  const ask = (rooms: typeof carried) =>
    Promise.all(rooms.map(({ name }) => run('later', () => livekit.peopleIn(name)))).then(sum)
  if (carried.length <= EXACT_ROOMS) return ask(carried)
  const here = await ask(occupied)
  if (here.participants > 0) return here
  return ask(carried.filter((room) => room.participants === 0))
}

const sum = (people: number[]): WhoIsHere => ({
  rooms: people.filter((count) => count > 0).length,
  participants: people.reduce((total, count) => total + count, 0),
})

/** "3 rooms, 9 people" */
export const inWords = ({ rooms, participants }: WhoIsHere): string =>
  `${rooms} ${rooms === 1 ? 'room' : 'rooms'}, ${participants} ${participants === 1 ? 'person' : 'people'}`
