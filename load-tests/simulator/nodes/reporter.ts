// A node's reports, as defined by the contract.
import { PROTOCOL_VERSION } from '@levee/control-plane/protocol/version'
import type { NodeReport } from '@levee/control-plane/contract'
import type { Random } from '@levee/deploy/seeded-random'
import { json } from '../../lib/http-wire.ts'
import { type Machine, readLoad } from './machine.ts'

const NONE: ReadonlySet<string> = new Set()

export interface Reporter {
  /** The next report, and the share of capacity that it states. `unread`: LiveKit could not be read. */
  next(unread?: boolean): { body: string; share: number | undefined }
  /** The last report was accepted. `wholeRooms`: the control plane asks for all rooms next time. */
  accepted(wholeRooms: boolean): void
  /** A new process: a new boot id, numbers from 1, all rooms at first. */
  restart(): void
}

/** The first report has all rooms; the next ones have what changed since the last one known to be accepted. */
export function openReporter(machine: Machine, random: Random): Reporter {
  const newBootId = () => random.letters(16).replace(/[-_]/g, 'x')
  let bootId = newBootId()
  let seq = 0
  /** seq of the report that the next one builds on; 0: the next one has all rooms. */
  let base = 0
  let readRooms = false
  let sentChanged: ReadonlySet<string> = NONE
  let sentGone: ReadonlySet<string> = NONE

  const rooms = (names: Iterable<string>) => {
    const list: { name: string; participants: number; tracks: number }[] = []
    for (const name of names) {
      const room = machine.rooms.get(name)
      if (room) list.push({ name, participants: room.people.size, tracks: room.tracks })
    }
    return list
  }

  function livekit(unread: boolean): NodeReport['livekit'] {
    if (!machine.up) return { up: false, rooms: null }
    if (unread) return { up: true, rooms: null }
    readRooms = true
    if (machine.changed.size > 0) {
      sentChanged = machine.changed
      machine.changed = new Set()
    }
    if (machine.gone.size > 0) {
      sentGone = machine.gone
      machine.gone = new Set()
    }
    if (base === 0) return { up: true, rooms: rooms(machine.rooms.keys()) }
    return {
      up: true,
      since: base,
      rooms: rooms(sentChanged),
      gone: [...sentGone],
      totals: { rooms: machine.rooms.size, participants: machine.people },
    }
  }

  /** The last report may not have been accepted, so its changes are sent again. */
  function takeBack(): void {
    for (const name of sentChanged) if (machine.rooms.has(name)) machine.changed.add(name)
    for (const name of sentGone) if (!machine.rooms.has(name)) machine.gone.add(name)
    sentChanged = sentGone = NONE
  }

  return {
    next(unread = false) {
      takeBack()
      seq++
      readRooms = false
      const { busy, load, capacity } = readLoad(machine, random)
      const known = machine.up && !unread
      const report: NodeReport = {
        protocol: PROTOCOL_VERSION,
        bootId,
        seq,
        livekit: livekit(unread),
        capacity,
        load: known ? load : null,
        host: { cpuBusy: busy, cpuSteal: 0, memoryUsedBytes: 2e9, memoryLimitBytes: 8e9 },
      }
      const share = Math.max(load.cpuCores / machine.cores, load.tracks / machine.capacityTracks)
      return { body: json(report), share: known ? share : undefined }
    },
    accepted(wholeRooms) {
      if (wholeRooms || !machine.up) base = 0
      else if (readRooms) base = seq
      // What the control plane could not use is sent again as part of all rooms.
      sentChanged = sentGone = NONE
    },
    restart() {
      bootId = newBootId()
      seq = base = 0
      sentChanged = sentGone = NONE
    },
  }
}
