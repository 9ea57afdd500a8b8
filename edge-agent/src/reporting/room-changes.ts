import type { Directive, NodeReport } from '@levee/control-plane/contract'
import type { CarriedRoom } from '../livekit/reader.ts'
import { WHOLE_ROOMS_EVERY_REPORTS } from '../tuning/agent.ts'

/** The part of a report that tells of rooms: all of them, what changed since an earlier report, or not known. */
export type RoomsTold = Omit<NodeReport['livekit'], 'up'>

/** A report takes no more; the contract says so. */
const MAX_ROOMS = 50_000
const MAX_PARTICIPANTS = 10_000_000

/** What a report said, by name; undefined: to be told again as long as it is there. */
type Told = { seq: number; rooms: Map<string, CarriedRoom | undefined> }

/**
 * Remembers which rooms the control plane has surely taken in, so that a report tells only what is new, changed or
 * gone. Whatever is in doubt is mended by telling all rooms: as long as nothing is surely known, and in every 15th
 * report of the boot. `phase` (0 ≤ phase < 1) is where in these 15 the first falls: agents that start together do
 * not send all their rooms together ever after.
 */
export function roomChanges(phase: number) {
  let known: Told | undefined
  let told: Told | undefined
  let wholeFromSeq = 2 + Math.floor(phase * WHOLE_ROOMS_EVERY_REPORTS)

  return {
    /** What report `seq` says. null: the reading failed; the next one that works goes on from what is known. */
    tell(seq: number, reading: readonly CarriedRoom[] | null): RoomsTold {
      told = undefined
      if (!reading) return { rooms: null }
      const rooms = reading.slice(0, MAX_ROOMS)
      told = { seq, rooms: new Map(rooms.map((room) => [room.name, room])) }
      if (seq >= wholeFromSeq) {
        wholeFromSeq = seq + WHOLE_ROOMS_EVERY_REPORTS
        return { rooms }
      }
      return known ? changesSince(known, rooms, told.rooms) : { rooms }
    },

    /**
     * The reply to the last report came. With `wholeRooms` the control plane does not hold what we think it holds. A
     * room to be dropped is told until it is gone: the control plane names it again, should its end have failed.
     */
    taken({ wholeRooms, drop }: Pick<Directive, 'wholeRooms' | 'drop'>) {
      known = wholeRooms ? undefined : (told ?? known)
      told = undefined
      for (const name of drop) if (known?.rooms.has(name)) known.rooms.set(name, undefined)
    },

    /** What the control plane holds is not sure any more. */
    doubt() {
      known = undefined
      told = undefined
    },
  }
}

function changesSince(known: Told, rooms: readonly CarriedRoom[], now: Told['rooms']): RoomsTold {
  const participants = rooms.reduce((sum, room) => sum + room.participants, 0)
  return {
    rooms: rooms.filter((room) => {
      const before = known.rooms.get(room.name)
      return before?.participants !== room.participants || before.tracks !== room.tracks
    }),
    since: known.seq,
    gone: [...known.rooms.keys()].filter((name) => !now.has(name)),
    totals: { rooms: rooms.length, participants: Math.min(MAX_PARTICIPANTS, participants) },
  }
}
