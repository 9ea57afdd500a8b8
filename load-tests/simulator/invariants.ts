// What must hold, checked against what really stands there.
import { type Machine, type Occupant, enterRoom } from './machines.ts'

export type Expectation =
  | 'one node for a room and epoch'
  | 'an epoch never goes back'
  | 'nobody is sent to a node that does not exist'
  | 'no node bears more than it can while others have room'
  | 'every report is taken'
  | 'an answer comes, and with a known code'
  | 'nobody is refused while a node has room'
  | 'a room that ended or moved is dropped'
  | 'the control plane’s picture is the truth'

export interface Violation {
  expectation: Expectation
  what: string
}

export interface Truth {
  machines: ReadonlyMap<string, Machine>
  violations: Violation[]
  /** At most a hundred are kept with their words; all are counted. */
  violated: number
  violate(expectation: Expectation, what: string): void
  /** Puts somebody into a room on a machine, and looks whether that may be. */
  enter(machine: Machine, roomName: string, who: Occupant): void
  /** A node whose LiveKit runs and that would be half full at most with `tracks` more: nobody can call it full. */
  roomy(tracks: number): Machine | undefined
  /** Load over capacity, over the machines whose LiveKit runs. */
  load(): { mean: number; max: number }
  /** The worst that any moment showed. */
  peak(): { load: number; node: string }
}

const KEPT = 100
const HALF = 0.5
/** Others have room while the fleet as a whole is below this: new rooms stop at 75 %. */
const FLEET_IS_FULL = 0.75

export function openTruth(machines: ReadonlyMap<string, Machine>): Truth {
  const violations: Violation[] = []
  /** Room name, which holds the epoch, → node: for all time, so that no two ever carry it. */
  const homes = new Map<string, string>()
  const over = new Set<string>()
  let worst = { load: 0, node: '' }

  const truth: Truth = {
    machines,
    violations,
    violated: 0,
    violate(expectation, what) {
      truth.violated++
      if (violations.length < KEPT) violations.push({ expectation, what })
    },
    enter(machine, roomName, who) {
      const home = homes.get(roomName)
      if (home === undefined) homes.set(roomName, machine.node)
      else if (home !== machine.node)
        truth.violate('one node for a room and epoch', `${roomName} is on ${home} and on ${machine.node}`)
      enterRoom(machine, roomName, who)
      weigh(machine, roomName)
    },
    roomy(tracks) {
      for (const machine of machines.values())
        if (machine.up && machine.tracks + tracks <= HALF * machine.capacityTracks) return machine
      return undefined
    },
    load: () => loadOf(machines.values()),
    peak: () => worst,
  }

  function weigh(machine: Machine, roomName: string): void {
    const load = machine.tracks / machine.capacityTracks
    if (load > worst.load) worst = { load, node: machine.node }
    if (load <= 1) over.delete(machine.node)
    if (load <= 1 || over.has(machine.node)) return
    over.add(machine.node)
    const { mean } = truth.load()
    if (mean >= FLEET_IS_FULL) return
    const room = machine.rooms.get(roomName)
    truth.violate(
      'no node bears more than it can while others have room',
      `${machine.node} (${machine.capacityTracks} tracks) at ${percent(load)}, the fleet at ${percent(mean)}, when a room ` +
        `of ${room?.tracks} tracks grew; ${machine.rooms.size} rooms there`,
    )
  }

  return truth
}

export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

function loadOf(machines: Iterable<Machine>): { mean: number; max: number } {
  let tracks = 0
  let capacity = 0
  let max = 0
  for (const machine of machines) {
    if (!machine.up) continue
    tracks += machine.tracks
    capacity += machine.capacityTracks
    max = Math.max(max, machine.tracks / machine.capacityTracks)
  }
  return { mean: capacity > 0 ? tracks / capacity : 0, max }
}
