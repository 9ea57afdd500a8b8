import { OFFLINE_EPOCHS } from '@levee/control-plane/protocol/epochs'
import { parseRoomName, roomNameOf, type RoomId } from '@levee/control-plane/protocol/room-names'
import { LRUCache } from 'lru-cache'
import { ASSIGNED_EPOCH_SAVE_EVERY_MS, ASSIGNED_EPOCH_TTL_MS, CLOSED_ROOMS_MAX } from '../tuning/offline.ts'
import type { Journal } from './journal.ts'

export type RoomEpochs = {
  /** Name and epoch under which participants join this room here. Rejects when LiveKit's list is not available. */
  assign(roomId: RoomId): Promise<{ name: string; epoch: number }>
  /** All names of this room on LiveKit now. Rejects as above. */
  namesOf(roomId: RoomId): Promise<string[]>
  /** The control plane has moved or ended these rooms. */
  close(names: readonly string[]): void
}

/**
 * One room, one epoch, also offline: the highest epoch under which the room runs here; else the epoch that was assigned
 * last; else a new epoch above all those of the control plane. The decision is one synchronous step, so that concurrent
 * joins get the same answer.
 */
export function roomEpochs(options: {
  journal: Journal
  /** Names of the rooms on this LiveKit. */
  listRooms: () => Promise<string[]>
  nowMs?: () => number
}): RoomEpochs {
  const { journal, listRooms, nowMs = Date.now } = options
  const closed = new LRUCache<string, true>({ max: CLOSED_ROOMS_MAX })
  let list: Promise<string[]> | undefined

  /** Concurrent joins share one call to LiveKit. */
  const listed = () => (list ??= listRooms().finally(() => (list = undefined)))

  const namesOf = async (roomId: RoomId) =>
    (await listed()).filter((name) => parseRoomName(name)?.roomId === roomId)

  /** The last assigned epoch, while participants may still be connecting to it. */
  const assignedTo = (roomId: RoomId, now: number): number | undefined => {
    const assigned = journal.assigned.get(roomId)
    return assigned && now - assigned.atMs <= ASSIGNED_EPOCH_TTL_MS ? assigned.epoch : undefined
  }

  const newEpoch = (known: readonly number[], now: number): number => {
    const byClock = OFFLINE_EPOCHS + Math.floor(now / 1_000)
    const epoch = Math.max(byClock, ...known.map((one) => one + 1))
    // A clock that was set back must not produce the same name twice.
    return epoch < journal.lastEpoch ? journal.lastEpoch + 1 : epoch
  }

  /** Saved before it is used: a restart while many people join must not split the room. */
  const record = async (roomId: RoomId, epoch: number, now: number) => {
    const before = journal.assigned.get(roomId)
    if (before?.epoch === epoch && now - before.atMs <= ASSIGNED_EPOCH_SAVE_EVERY_MS) return journal.saved()
    journal.assigned.set(roomId, { epoch, atMs: now })
    journal.lastEpoch = Math.max(journal.lastEpoch, epoch)
    return journal.save()
  }

  return {
    namesOf,
    async assign(roomId) {
      const running = (await namesOf(roomId)).map((name) => parseRoomName(name)?.epoch ?? 0)
      // No `await` from here until the decision.
      const now = nowMs()
      const assigned = assignedTo(roomId, now)
      const known = assigned === undefined ? running : [...running, assigned]
      const usable = known.filter((epoch) => !closed.has(roomNameOf(roomId, epoch)))
      const epoch = usable.length > 0 ? Math.max(...usable) : newEpoch(known, now)
      await record(roomId, epoch, now)
      return { name: roomNameOf(roomId, epoch), epoch }
    },
    close(names) {
      for (const name of names) closed.set(name, true)
    },
  }
}
