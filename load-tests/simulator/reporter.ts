// A node's reports, in the words of the contract.
import type { NodeReport } from '@levee/control-plane/contract'
import { type Machine, readLoad } from './machines.ts'
import type { Random } from '@levee/deploy/seeded-random'
import { json } from '../lib/http-wire.ts'

const NOTHING: ReadonlySet<string> = new Set()

/** Whole at first, then what changed since the last one that was surely taken in. */
export function openTeller(machine: Machine, random: Random) {
  let bootId = random.letters(16).replace(/[-_]/g, 'x')
  let seq = 0
  /** seq of the report that the next one builds on; 0: the next one is whole. */
  let base = 0
  let toldRooms = false
  let toldChanged: ReadonlySet<string> = NOTHING
  let toldGone: ReadonlySet<string> = NOTHING

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
    toldRooms = true
    if (machine.changed.size > 0) {
      toldChanged = machine.changed
      machine.changed = new Set()
    }
    if (machine.gone.size > 0) {
      toldGone = machine.gone
      machine.gone = new Set()
    }
    if (base === 0) return { up: true, rooms: rooms(machine.rooms.keys()) }
    return {
      up: true,
      since: base,
      rooms: rooms(toldChanged),
      gone: [...toldGone],
      totals: { rooms: machine.rooms.size, participants: machine.people },
    }
  }

  /** Of the report before nobody knows whether it was taken in: all of it is told again. */
  function takeBack(): void {
    for (const name of toldChanged) if (machine.rooms.has(name)) machine.changed.add(name)
    for (const name of toldGone) if (!machine.rooms.has(name)) machine.gone.add(name)
    toldChanged = toldGone = NOTHING
  }

  return {
    tell(unread = false): { body: string; share: number | undefined } {
      takeBack()
      seq++
      toldRooms = false
      const { busy, load, capacity } = readLoad(machine, random)
      const known = machine.up && !unread
      const report: NodeReport = {
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
    taken(wholeWanted: boolean) {
      if (wholeWanted || !machine.up) base = 0
      else if (toldRooms) base = seq
      // What it could not take in is told again, whole.
      toldChanged = toldGone = NOTHING
    },
    /** A new process: new boot, numbers from 1, nothing known of what was told. */
    reboot() {
      bootId = random.letters(16).replace(/[-_]/g, 'x')
      seq = base = 0
      toldChanged = toldGone = NOTHING
    },
  }
}
