import type { Logger } from 'pino'
import type { LivekitRooms } from '../livekit/livekit-rooms.ts'
import { priorityQueue } from '../livekit/priority-queue.ts'
import type { LivekitReader } from '../livekit/reader.ts'
import { LIVEKIT_CALLS_AT_ONCE } from '../tuning/livekit.ts'

/**
 * Notifies the remaining participants that LiveKit is about to stop, each room once. Called repeatedly until it stops;
 * a room whose call failed is retried with the next one. Never rejects.
 */
export function stopNotice(deps: {
  livekit: Pick<LivekitReader, 'rooms'>
  rooms: Pick<LivekitRooms, 'askToRejoin'>
  log: Logger
}): () => Promise<void> {
  const { livekit, rooms, log } = deps
  const run = priorityQueue(LIVEKIT_CALLS_AT_ONCE)
  const notified = new Set<string>()

  return async () => {
    const carried = await livekit.rooms().catch(() => [])
    const pending = carried.filter(({ name }) => !notified.has(name))
    const reached = await Promise.all(
      pending.map(({ name }) => {
        // Before the call: the next round comes sooner than a slow LiveKit answers.
        notified.add(name)
        return run('low', () => rooms.askToRejoin(name, { stopping: true })).then(
          () => true,
          () => void notified.delete(name),
        )
      }),
    )
    const count = reached.filter(Boolean).length
    if (count > 0)
      log.warn(
        { rooms: count },
        'participants are notified that this node stops before their rooms were moved',
      )
  }
}
