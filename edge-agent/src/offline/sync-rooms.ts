import type { Logger } from 'pino'
import type { Adopter } from '../reporting/control-plane-client.ts'
import type { Book, MadeRoom } from './journal.ts'
import { MADE_BATCH } from '../tuning/offline.ts'

/**
 * Tells the control plane, after a cut, of the meetings that were started here. To be called when a report was taken:
 * where they run is known by then, so that nobody who comes in by the link is sent elsewhere. What cannot be told now is
 * told with the next. Resolves to whether there was news. Never rejects.
 */
export function tellMade(deps: {
  book: Book
  controlPlane: Adopter
  log: Logger
  nowMs?: () => number
}): () => Promise<boolean> {
  const { book, controlPlane, log, nowMs = Date.now } = deps
  let telling = false
  let complaint: string | undefined

  const complain = (what: string, detail: object) => {
    if (complaint === what) return
    complaint = what
    log.error(detail, what)
  }

  /** false: no more now. */
  const tell = async (rules: string, rooms: MadeRoom[]): Promise<boolean> => {
    const outcome = await controlPlane.made(
      {
        grant: rules,
        rooms: rooms.map(({ roomId, title, hostKeyHash, expiresAtMs }) => ({
          roomId,
          title,
          hostKeyHash,
          expiresInSec: Math.max(1, Math.ceil((expiresAtMs - nowMs()) / 1_000)),
        })),
      },
      new AbortController().signal,
    )
    if (outcome.kind === 'ok') {
      complaint = undefined
      log.info({ rooms: rooms.length }, 'the control plane knows of the meetings that were started here')
      // One that was ended meanwhile stays ended.
      for (const { roomId } of rooms) mark(roomId, 'told')
      await book.save()
      return true
    }
    if (outcome.kind !== 'refused') return false
    complain('the control plane refuses meetings that were started here', {
      code: outcome.code,
      rooms: rooms.map(({ roomId }) => roomId).slice(0, 20),
    })
    if (outcome.code !== 'offline_grant_refused') return false
    for (const { roomId } of rooms) book.made.delete(roomId)
    await book.save()
    return true
  }

  const mark = (roomId: string, state: MadeRoom['state']) => {
    const room = book.made.get(roomId)
    if (room?.state === 'untold') book.made.set(roomId, { ...room, state })
  }

  const untold = (): MadeRoom[] =>
    [...book.made.values()].filter(({ state, expiresAtMs }) => state === 'untold' && expiresAtMs > nowMs())

  return async () => {
    if (telling) return false
    telling = true
    let told = false
    try {
      for (let rest = untold(); rest.length > 0; rest = untold()) {
        const rules = rest[0]?.rules ?? ''
        const batch = rest.filter((room) => room.rules === rules).slice(0, MADE_BATCH)
        if (!(await tell(rules, batch))) break
        told = true
      }
    } finally {
      telling = false
    }
    return told
  }
}
