import { OFFLINE_EPOCHS } from '@levee/control-plane/protocol/epochs'
import { parseRoomName, roomNameOf, type RoomId } from '@levee/control-plane/protocol/room-names'
import type { Book } from './journal.ts'
import { GIVEN_HOLDS_MS, GIVEN_SAVED_EVERY_MS } from '../tuning/offline.ts'

export type Names = {
  /** Where everybody is sent who asks for this room here. Rejects when LiveKit does not tell its rooms. */
  nameFor(roomId: RoomId): Promise<{ name: string; epoch: number }>
  /** Every name of this room on LiveKit now. Rejects as above. */
  namesOf(roomId: RoomId): Promise<string[]>
  /** The control plane said that these run elsewhere or are over. */
  over(names: readonly string[]): void
}

/** As many names of rooms that are over are kept in mind: they are gone from LiveKit within 15 s. */
const OVER_MAX = 10_000

/**
 * One room, one epoch: where its people are already, under the highest epoch; else where the last ones were sent; else
 * under a new epoch, above everything that the control plane gives. Decided in one step, so that a crowd gets one answer.
 */
export function aloneNames(options: {
  book: Book
  /** Names of the rooms that this LiveKit carries. */
  listRooms: () => Promise<string[]>
  nowMs?: () => number
}): Names {
  const { book, listRooms, nowMs = Date.now } = options
  const isOver = new Set<string>()
  let list: Promise<string[]> | undefined

  /** A crowd asks LiveKit once. */
  const listed = () => (list ??= listRooms().finally(() => (list = undefined)))

  const namesOf = async (roomId: RoomId) =>
    (await listed()).filter((name) => parseRoomName(name)?.roomId === roomId)

  /** The last place that was given here and that people may still be on their way to. */
  const givenTo = (roomId: RoomId, now: number): number | undefined => {
    const given = book.given.get(roomId)
    return given && now - given.atMs <= GIVEN_HOLDS_MS ? given.epoch : undefined
  }

  const newEpoch = (seen: readonly number[], now: number): number => {
    const byClock = OFFLINE_EPOCHS + Math.floor(now / 1_000)
    const epoch = Math.max(byClock, ...seen.map((one) => one + 1))
    // A clock that was put back must not give a name twice.
    return epoch < book.lastEpoch ? book.lastEpoch + 1 : epoch
  }

  /** On disk before anybody is told: a restart in the middle of a crowd must not split it. */
  const give = async (roomId: RoomId, epoch: number, now: number) => {
    const before = book.given.get(roomId)
    if (before?.epoch === epoch && now - before.atMs <= GIVEN_SAVED_EVERY_MS) return book.saved()
    book.given.set(roomId, { epoch, atMs: now })
    book.lastEpoch = Math.max(book.lastEpoch, epoch)
    return book.save()
  }

  return {
    namesOf,
    async nameFor(roomId) {
      const running = (await namesOf(roomId)).map((name) => parseRoomName(name)?.epoch ?? 0)
      // From here on nothing waits until the decision is made.
      const now = nowMs()
      const given = givenTo(roomId, now)
      const seen = given === undefined ? running : [...running, given]
      const usable = seen.filter((epoch) => !isOver.has(roomNameOf(roomId, epoch)))
      const epoch = usable.length > 0 ? Math.max(...usable) : newEpoch(seen, now)
      await give(roomId, epoch, now)
      return { name: roomNameOf(roomId, epoch), epoch }
    },
    over(names) {
      for (const name of names) isOver.add(name)
      for (const name of isOver) {
        if (isOver.size <= OVER_MAX) break
        isOver.delete(name)
      }
    },
  }
}
