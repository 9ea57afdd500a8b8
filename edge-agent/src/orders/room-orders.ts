import type { Directive } from '@levee/control-plane/contract'
import type { Logger } from 'pino'
import type { LivekitRooms } from '../livekit/livekit-rooms.ts'
import {
  MOVED_CLOSE_AFTER_MS,
  MOVED_LOOK_EVERY_MS,
  MOVED_LOOKS,
  ROOM_ORDERS_AT_ONCE,
} from '../tuning/agent.ts'
import { twoLanes } from './priority-queue.ts'

export type Order = 'drop' | 'moved' | 'changed'

/** What is being done about a room. `begun`: LiveKit was asked. The last two only while people leave a moved room. */
type Work = { name: string; order: Order; begun: boolean; closeAtMs: number; lookedAtMs: number }

export type RoomOrders = {
  /** Takes the orders of a directive. If a name comes in several, drop wins over moved, and moved over changed. */
  take(orders: Pick<Directive, Order>): void
}

/**
 * Does in the background what the control plane wants done about rooms, a few at a time.
 *
 * drop: closed at once. changed: its people are called to ask again. moved: called, and closed when nobody is in it any
 * more, or after 15 s: a client whose page slept hears no call; it is disconnected then and asks by itself.
 *
 * What is under way for a name is not begun twice. What failed is left to the control plane, which names it again.
 */
export function roomOrders(options: {
  rooms: LivekitRooms
  log: Logger
  onDone: (order: Order, done: boolean) => void
  closeAfterMs?: number
  lookEveryMs?: number
}): RoomOrders {
  const { rooms, log, onDone } = options
  const { closeAfterMs = MOVED_CLOSE_AFTER_MS, lookEveryMs = MOVED_LOOK_EVERY_MS } = options
  const run = twoLanes(ROOM_ORDERS_AT_ONCE)
  const underWay = new Map<string, Work>()
  const emptying = new Set<Work>()
  const failing = new Set<string>()
  let looking = false

  /** A greater order for the same room has taken its place. */
  const isOver = (work: Work) => underWay.get(work.name) !== work

  const begin = (name: string, order: Order): Work => {
    const work: Work = { name, order, begun: false, closeAtMs: Infinity, lookedAtMs: 0 }
    underWay.set(name, work)
    return work
  }

  const finish = (work: Work, failure?: unknown) => {
    emptying.delete(work)
    if (isOver(work)) return
    underWay.delete(work.name)
    onDone(work.order, failure === undefined)
    if (failure === undefined) {
      failing.delete(work.order)
      return
    }
    // LiveKit away fails them all: one line for each row of failures.
    if (failing.has(work.order)) return
    failing.add(work.order)
    const reason = failure instanceof Error ? failure.message : 'unknown'
    log.warn(
      { room: work.name, order: work.order, reason },
      'an order for a room failed; done when it is named again',
    )
  }

  const close = async (work: Work, why: string) => {
    if (isOver(work)) return finish(work)
    work.begun = true
    try {
      if (await rooms.close(work.name)) log.info({ room: work.name }, `room closed: ${why}`)
      finish(work)
    } catch (error) {
      finish(work, error)
    }
  }

  const call = async (work: Work) => {
    if (isOver(work)) return
    work.begun = true
    try {
      const there = await rooms.callPeople(work.name)
      if (!there || work.order === 'changed' || isOver(work)) return finish(work)
    } catch (error) {
      return finish(work, error)
    }
    log.debug({ room: work.name }, 'the people of a moved room were called')
    work.closeAtMs = performance.now() + closeAfterMs
    emptying.add(work)
    lookLater()
  }

  const look = async (work: Work) => {
    if (isOver(work)) return finish(work)
    work.lookedAtMs = performance.now()
    // A look that fails says nothing: the next one, or the time, decides.
    const people = await rooms.peopleIn(work.name).catch(() => undefined)
    if (people === 0) await close(work, 'it runs elsewhere and its people have left')
  }

  /** Closes what is due, looks into those that were not looked into for longest. */
  const goRound = async () => {
    const nowMs = performance.now()
    const idle = [...emptying].toSorted((a, b) => a.lookedAtMs - b.lookedAtMs)
    const due = idle.filter((work) => work.closeAtMs <= nowMs)
    const others = idle.filter((work) => work.closeAtMs > nowMs).slice(0, MOVED_LOOKS)
    await Promise.all([
      ...due.map((work) => run('later', () => close(work, 'it runs elsewhere and its time is up'))),
      ...others.map((work) => run('later', () => look(work))),
    ])
  }

  const lookLater = () => {
    if (looking) return
    looking = true
    setTimeout(() => {
      void goRound().finally(() => {
        looking = false
        if (emptying.size > 0) lookLater()
      })
    }, lookEveryMs)
  }

  return {
    take({ drop, moved, changed }) {
      for (const name of drop) {
        if (underWay.get(name)?.order === 'drop') continue
        const work = begin(name, 'drop')
        void run('urgent', () => close(work, 'it is over'))
      }
      let called = 0
      const calls = [
        ...moved.map((name) => [name, 'moved'] as const),
        ...changed.map((name) => [name, 'changed'] as const),
      ]
      for (const [name, order] of calls) {
        const now = underWay.get(name)
        // A call that is out may have been heard before this news came: only one that waits makes another needless.
        const covered = now && (now.order !== 'changed' || (order === 'changed' && !now.begun))
        if (covered) continue
        const work = begin(name, order)
        called += 1
        void run('urgent', () => call(work))
      }
      if (called > 0)
        log.info(
          { moved: moved.length, changed: changed.length },
          'people are called to ask the control plane again',
        )
    },
  }
}
