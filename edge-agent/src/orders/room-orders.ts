import type { Directive } from '@levee/control-plane/contract'
import type { Logger } from 'pino'
import type { LivekitRooms } from '../livekit/livekit-rooms.ts'
import { priorityQueue } from '../livekit/priority-queue.ts'
import { LIVEKIT_CALLS_AT_ONCE } from '../tuning/livekit.ts'
import { MOVED_CLOSE_AFTER_MS, MOVED_COUNT_EVERY_MS, MOVED_COUNTS_AT_ONCE } from '../tuning/orders.ts'

export type Order = 'drop' | 'moved' | 'changed'

/** One order in progress. `started`: LiveKit was called. The last two apply while participants leave a moved room. */
type Work = { name: string; order: Order; started: boolean; closeAtMs: number; countedAtMs: number }

export type RoomOrders = {
  /** Takes the orders of a directive. If a name is in several lists, drop wins over moved, and moved over changed. */
  take(orders: Pick<Directive, Order>): void
}

/**
 * Carries out the control plane's orders for rooms in the background, a few at a time.
 *
 * drop: the room is closed at once. changed: its clients get the request to rejoin. moved: the same, and the room
 * is closed when it is empty or after 15 s. A client whose page was asleep misses the message; it is disconnected then
 * and rejoins by itself.
 *
 * An order in progress for a room is not started twice. A failed order is left to the control plane, which repeats it.
 */
export function roomOrders(options: {
  rooms: LivekitRooms
  log: Logger
  onDone: (order: Order, done: boolean) => void
  closeAfterMs?: number
  countEveryMs?: number
}): RoomOrders {
  const { rooms, log, onDone } = options
  const { closeAfterMs = MOVED_CLOSE_AFTER_MS, countEveryMs = MOVED_COUNT_EVERY_MS } = options
  const run = priorityQueue(LIVEKIT_CALLS_AT_ONCE)
  const inProgress = new Map<string, Work>()
  const emptying = new Set<Work>()
  const failing = new Set<Order>()
  let counting = false

  /** Whether a stronger order for the same room has replaced it. */
  const isReplaced = (work: Work) => inProgress.get(work.name) !== work

  const begin = (name: string, order: Order): Work => {
    const work: Work = { name, order, started: false, closeAtMs: Infinity, countedAtMs: 0 }
    inProgress.set(name, work)
    return work
  }

  const finish = (work: Work, failure?: unknown) => {
    emptying.delete(work)
    if (isReplaced(work)) return
    inProgress.delete(work.name)
    onDone(work.order, failure === undefined)
    if (failure === undefined) {
      failing.delete(work.order)
      return
    }
    // With LiveKit down all of them fail: one line for each series of failures.
    if (failing.has(work.order)) return
    failing.add(work.order)
    const reason = failure instanceof Error ? failure.message : 'unknown'
    log.warn(
      { room: work.name, order: work.order, reason },
      'an order for a room failed; the control plane repeats it',
    )
  }

  const close = async (work: Work, why: string) => {
    if (isReplaced(work)) return finish(work)
    work.started = true
    try {
      if (await rooms.close(work.name)) log.info({ room: work.name }, `room closed: ${why}`)
      finish(work)
    } catch (error) {
      finish(work, error)
    }
  }

  const askToRejoin = async (work: Work) => {
    if (isReplaced(work)) return
    work.started = true
    try {
      const exists = await rooms.askToRejoin(work.name)
      if (!exists || work.order === 'changed' || isReplaced(work)) return finish(work)
    } catch (error) {
      return finish(work, error)
    }
    log.debug({ room: work.name }, 'requested the clients of a moved room to rejoin')
    work.closeAtMs = performance.now() + closeAfterMs
    emptying.add(work)
    countLater()
  }

  const closeIfEmpty = async (work: Work) => {
    if (isReplaced(work)) return finish(work)
    work.countedAtMs = performance.now()
    // A failed count decides nothing: the next one, or the deadline, does.
    const participants = await rooms.participantsIn(work.name).catch(() => undefined)
    if (participants === 0) await close(work, 'it was moved and is empty')
  }

  /** Closes rooms past their deadline, and counts participants where the last count is the oldest. */
  const checkMoved = async () => {
    const nowMs = performance.now()
    const oldestFirst = [...emptying].toSorted((a, b) => a.countedAtMs - b.countedAtMs)
    const due = oldestFirst.filter((work) => work.closeAtMs <= nowMs)
    const others = oldestFirst.filter((work) => work.closeAtMs > nowMs).slice(0, MOVED_COUNTS_AT_ONCE)
    await Promise.all([
      ...due.map((work) => run('low', () => close(work, 'it was moved, and its time is up'))),
      ...others.map((work) => run('low', () => closeIfEmpty(work))),
    ])
  }

  const countLater = () => {
    if (counting) return
    counting = true
    setTimeout(() => {
      void checkMoved().finally(() => {
        counting = false
        if (emptying.size > 0) countLater()
      })
    }, countEveryMs)
  }

  return {
    take({ drop, moved, changed }) {
      for (const name of drop) {
        if (inProgress.get(name)?.order === 'drop') continue
        const work = begin(name, 'drop')
        void run('high', () => close(work, 'it is over'))
      }
      let asked = 0
      const asks = [
        ...moved.map((name) => [name, 'moved'] as const),
        ...changed.map((name) => [name, 'changed'] as const),
      ]
      for (const [name, order] of asks) {
        const current = inProgress.get(name)
        // A message that was sent already may predate this change: only one that still waits covers this order as well.
        const covered = current && (current.order !== 'changed' || (order === 'changed' && !current.started))
        if (covered) continue
        const work = begin(name, order)
        asked += 1
        void run('high', () => askToRejoin(work))
      }
      if (asked > 0)
        log.info({ moved: moved.length, changed: changed.length }, 'requesting clients to rejoin')
    },
  }
}
