// What must always hold, checked against the machines themselves instead of what the control plane believes.
import { type Machine, type Occupant, enterRoom } from './nodes/machine.ts'
import { CERTAINLY_FREE_SHARE, FLEET_FULL_SHARE, VIOLATIONS_KEPT } from './tuning.ts'

export type Invariant =
  | 'one node per room and epoch'
  | 'epochs never decrease'
  | 'participants are sent to nodes that exist'
  | 'no node is overloaded while others have capacity'
  | 'every report is accepted'
  | 'every request gets an expected answer'
  | 'no refusal while a node has capacity'
  | 'rooms that ended or moved are dropped'
  | 'the control plane’s view matches the machines'

export interface Violation {
  invariant: Invariant
  what: string
}

export interface Invariants {
  machines: ReadonlyMap<string, Machine>
  /** The first hundred; `violated` counts all. */
  violations: Violation[]
  violated: number
  violate(invariant: Invariant, what: string): void
  /** Puts a participant into a room on a machine, and checks whether that is allowed. */
  enter(machine: Machine, roomName: string, who: Occupant): void
  /** A room is placed on a machine, which reserves `tracks` for it; elsewhere it reserves nothing any more. */
  place(machine: Machine, code: string, tracks: number): void
  /** A room has ended. */
  free(code: string): void
  /** A machine that takes rooms, and certainly has capacity for `tracks` more. */
  machineWithCapacity(tracks: number): Machine | undefined
  /** Load over capacity of the machines that are up. */
  load(): { mean: number; max: number }
  /** The highest load that any machine had at any time. */
  peak(): { load: number; node: string }
}

export function openInvariants(machines: ReadonlyMap<string, Machine>): Invariants {
  const violations: Violation[] = []
  /** Room name, which includes the epoch → node. Never forgotten, so that no second node ever carries it. */
  const carriers = new Map<string, string>()
  const overloaded = new Set<string>()
  /** Room code → its machine, and the tracks reserved there. */
  const placed = new Map<string, { machine: Machine; tracks: number }>()
  let peak = { load: 0, node: '' }

  const invariants: Invariants = {
    machines,
    violations,
    violated: 0,
    violate(invariant, what) {
      invariants.violated++
      if (violations.length < VIOLATIONS_KEPT) violations.push({ invariant, what })
    },
    enter(machine, roomName, who) {
      const carrier = carriers.get(roomName)
      if (carrier === undefined) carriers.set(roomName, machine.node)
      else if (carrier !== machine.node)
        invariants.violate(
          'one node per room and epoch',
          `${roomName} is on ${carrier} and on ${machine.node}`,
        )
      enterRoom(machine, roomName, who)
      checkLoad(machine, roomName)
    },
    place(machine, code, tracks) {
      placed.set(code, { machine, tracks })
    },
    free(code) {
      placed.delete(code)
    },
    machineWithCapacity(tracks) {
      const reserved = new Map<Machine, number>()
      for (const room of placed.values())
        reserved.set(room.machine, (reserved.get(room.machine) ?? 0) + room.tracks)
      for (const machine of machines.values()) {
        const needed = machine.tracks + (reserved.get(machine) ?? 0) + tracks
        if (machine.reporting && needed <= CERTAINLY_FREE_SHARE * machine.capacityTracks) return machine
      }
      return undefined
    },
    load: () => loadOf(machines.values()),
    peak: () => peak,
  }

  function checkLoad(machine: Machine, roomName: string): void {
    const load = machine.tracks / machine.capacityTracks
    if (load > peak.load) peak = { load, node: machine.node }
    if (load <= 1) overloaded.delete(machine.node)
    if (load <= 1 || overloaded.has(machine.node)) return
    overloaded.add(machine.node)
    const { mean } = invariants.load()
    if (mean >= FLEET_FULL_SHARE) return
    const room = machine.rooms.get(roomName)
    invariants.violate(
      'no node is overloaded while others have capacity',
      `${machine.node} (${machine.capacityTracks} tracks) at ${percent(load)}, the fleet at ${percent(mean)}, when a room ` +
        `of ${room?.tracks} tracks grew; ${machine.rooms.size} rooms on it`,
    )
  }

  return invariants
}

export const percent = (share: number): string => `${(share * 100).toFixed(1)}%`

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
