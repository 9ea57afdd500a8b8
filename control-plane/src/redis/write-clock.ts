import type { RedisClient } from './connection/client.ts'

/**
 * The highest write clock of each shard that this replica has seen. It is sent with the next call, so that a Redis that
 * came back with less than it had acknowledged is noticed (lua/lib/write-clock.lua). A replica registers with a Redis
 * process, which sends its clock, before it calls anything else. Both maps have an entry per shard, 1,023 at most.
 */
export function createWriteClocks(
  redis: Pick<RedisClient, 'processIdOf'>,
  register: (shardPrefix: string, processId: string) => Promise<unknown>,
) {
  const clocks = new Map<string, number>()
  /** `done`: undefined once the process has answered. */
  const registrations = new Map<string, { processId: string; done: Promise<void> | undefined }>()

  const highest = (shardPrefix: string): number => clocks.get(shardPrefix) ?? 0

  return {
    highest,

    /** Records the write clock in a reply and returns the rest of the reply. */
    advance(shardPrefix: string, reply: unknown): unknown {
      const [clock, answer] = reply as [number, unknown]
      if (clock > highest(shardPrefix)) clocks.set(shardPrefix, clock)
      return answer
    },

    /** Undefined if the process knows this replica; otherwise it must be awaited before any other call. */
    registration(shardPrefix: string): Promise<void> | undefined {
      const processId = redis.processIdOf(shardPrefix)
      const known = registrations.get(shardPrefix)
      if (processId === undefined || known?.processId === processId) return known?.done
      const done = register(shardPrefix, processId).then(
        () => {
          if (registrations.get(shardPrefix)?.processId === processId)
            registrations.set(shardPrefix, { processId, done: undefined })
        },
        (error: unknown) => {
          registrations.delete(shardPrefix)
          throw error
        },
      )
      registrations.set(shardPrefix, { processId, done })
      return done
    },
  }
}
