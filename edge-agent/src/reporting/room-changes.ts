import type { Directive, NodeReport } from '@levee/control-plane/contract'
import { REPORT_PARTICIPANTS_MAX, REPORT_ROOMS_MAX } from '@levee/control-plane/protocol/limits'
import type { CarriedRoom } from '@levee/control-plane/protocol/shapes/nodes'
import { WHOLE_ROOMS_EVERY_REPORTS } from '../tuning/reporting.ts'

/** The rooms in a report: all of them, the changes since an earlier report, or null when not known. */
export type RoomsPart = Omit<NodeReport['livekit'], 'up'>

/** Rooms in a report, by name; undefined: to be sent again as long as the room exists. */
type Snapshot = { seq: number; rooms: Map<string, CarriedRoom | undefined> }

/**
 * Keeps track of the rooms that the control plane has certainly received, so that a report contains only new, changed
 * and ended rooms. All rooms are sent until the control plane has received a list, and in every 15th report of the boot.
 * `phase` (0 ≤ phase < 1) sets where in these 15 the first one falls, so that agents that start together do not send all
 * their rooms at the same time ever after.
 */
export function roomChanges(phase: number) {
  let received: Snapshot | undefined
  let sent: Snapshot | undefined
  let wholeFromSeq = 2 + Math.floor(phase * WHOLE_ROOMS_EVERY_REPORTS)

  return {
    /** The rooms part of report `seq`. null: the reading failed; the next report goes on from what was received. */
    next(seq: number, reading: readonly CarriedRoom[] | null): RoomsPart {
      sent = undefined
      if (!reading) return { rooms: null }
      const rooms = reading.slice(0, REPORT_ROOMS_MAX)
      sent = { seq, rooms: new Map(rooms.map((room) => [room.name, room])) }
      if (seq >= wholeFromSeq) {
        wholeFromSeq = seq + WHOLE_ROOMS_EVERY_REPORTS
        return { rooms }
      }
      return received ? changesSince(received, rooms, sent.rooms) : { rooms }
    },

    /**
     * The last report was accepted. `wholeRooms`: the control plane does not have the rooms that we believe it has. A
     * room in `drop` is sent until it has ended, so that the control plane repeats the order if closing it failed.
     */
    accepted({ wholeRooms, drop }: Pick<Directive, 'wholeRooms' | 'drop'>) {
      received = wholeRooms ? undefined : (sent ?? received)
      sent = undefined
      for (const name of drop) if (received?.rooms.has(name)) received.rooms.set(name, undefined)
    },

    /** It is no longer certain which rooms the control plane has received. */
    forget() {
      received = undefined
      sent = undefined
    },
  }
}

function changesSince(before: Snapshot, rooms: readonly CarriedRoom[], now: Snapshot['rooms']): RoomsPart {
  const participants = rooms.reduce((sum, room) => sum + room.participants, 0)
  return {
    rooms: rooms.filter((room) => {
      const last = before.rooms.get(room.name)
      return last?.participants !== room.participants || last.tracks !== room.tracks
    }),
    since: before.seq,
    gone: [...before.rooms.keys()].filter((name) => !now.has(name)),
    totals: { rooms: rooms.length, participants: Math.min(REPORT_PARTICIPANTS_MAX, participants) },
  }
}
