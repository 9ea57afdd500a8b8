import type { Logger } from 'pino'
import type { LivekitRooms } from '../livekit/livekit-rooms.ts'
import type { LivekitReader } from '../livekit/reader.ts'
import { ROOM_ORDERS_AT_ONCE } from '../tuning/agent.ts'
import { twoLanes } from '../orders/priority-queue.ts'

/**
 * Tells the people who are still here that LiveKit is about to stop under them, each room once; to be asked again until
 * it stops. What fails is tried again the next time. Never rejects.
 */
export function stopNotice(deps: {
  livekit: Pick<LivekitReader, 'rooms'>
  rooms: Pick<LivekitRooms, 'callPeople'>
  log: Logger
}): () => Promise<void> {
  const { livekit, rooms, log } = deps
  const run = twoLanes(ROOM_ORDERS_AT_ONCE)
  const told = new Set<string>()

  return async () => {
    const carried = await livekit.rooms().catch(() => [])
    const untold = carried.filter(({ name }) => !told.has(name))
    const reached = await Promise.all(
      untold.map(({ name }) => {
        // Before it is out: the next look comes sooner than a slow LiveKit answers.
        told.add(name)
        return run('later', () => rooms.callPeople(name, { stopping: true })).then(
          () => true,
          () => void told.delete(name),
        )
      }),
    )
    const count = reached.filter(Boolean).length
    if (count > 0)
      log.warn({ rooms: count }, 'people are told that this node stops before there is room elsewhere')
  }
}
