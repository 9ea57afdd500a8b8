import type { Logger } from 'pino'
import { DROP_CONCURRENCY } from './tuning.ts'

/**
 * Ends rooms that are no longer this node's, in the background and a few at a time. A name that is being ended is
 * not taken twice; one that failed is left to the control plane, which names it again while it is reported.
 */
export function roomDropper(options: {
  endRoom: (name: string) => Promise<void>
  log: Logger
  onDrop: (ended: boolean) => void
}): (names: readonly string[]) => void {
  const { endRoom, log, onDrop } = options
  const taken = new Set<string>()
  const waiting: string[] = []
  let running = 0

  const work = async () => {
    running += 1
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      try {
        await endRoom(name)
        log.info({ room: name }, 'room ended: it is no longer this node’s')
        onDrop(true)
      } catch (error) {
        log.warn(
          { room: name, reason: error instanceof Error ? error.message : 'unknown' },
          'room could not be ended',
        )
        onDrop(false)
      }
      taken.delete(name)
    }
    running -= 1
  }

  return (names) => {
    for (const name of names) {
      if (taken.has(name)) continue
      taken.add(name)
      waiting.push(name)
    }
    while (running < DROP_CONCURRENCY && waiting.length > 0) void work()
  }
}
