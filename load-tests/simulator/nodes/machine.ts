// The machines as they really are: LiveKit and the rooms on it. The control plane only knows what agents report.
import { type Random, seeded } from '@levee/deploy/seeded-random'
import { BYTES_PER_SEC_PER_TRACK, CORES, PACKETS_PER_SEC_PER_TRACK, TRACKS_PER_CORE } from '../tuning.ts'

export interface MachineSpec {
  node: string
  site: string
  zone: string
  cores: number
  capacityTracks: number
  /** 256 bits as base64url. */
  secret: string
}

/** A participant of a room. */
export interface Occupant {
  /** The room has gone: its machine crashed, or the control plane had it dropped. */
  removed(): void
}

export interface CarriedRoom {
  name: string
  people: Set<Occupant>
  tracks: number
}

export interface Machine extends MachineSpec {
  /** LiveKit runs. */
  up: boolean
  /** The control plane has accepted its last report, and no fault has happened since. */
  reporting: boolean
  rooms: Map<string, CarriedRoom>
  /** Sums over its rooms. */
  tracks: number
  people: number
  /** Rooms that changed or ended since the agent last read them. */
  changed: Set<string>
  gone: Set<string>
}

const ZONES = ['rack-a', 'rack-b', 'rack-c', 'rack-d']

export interface FleetPlan {
  nodes: number
  sites: number
  seed: number
  /** Small values let few participants fill the fleet. */
  tracksPerCore?: number | undefined
}

/** Sites of unequal size, none without a node; machines of 4–64 cores. */
export function planFleet(options: FleetPlan): MachineSpec[] {
  const random = seeded(options.seed, 'fleet')
  const sites = Array.from({ length: options.sites }, (_, i) => `site-${String(i + 1).padStart(3, '0')}`)
  const shares = sites.map((site) => [site, 0.5 + random.next()] as const)
  return Array.from({ length: options.nodes }, (_, i) => {
    const cores = random.weighted(CORES)
    return {
      node: `n${String(i + 1).padStart(5, '0')}`,
      site: sites[i] ?? random.weighted(shares),
      zone: random.pick(ZONES),
      cores,
      capacityTracks: cores * (options.tracksPerCore ?? TRACKS_PER_CORE),
      secret: random.letters(43),
    }
  })
}

export function buildMachine(spec: MachineSpec): Machine {
  return {
    ...spec,
    up: true,
    reporting: false,
    rooms: new Map(),
    tracks: 0,
    people: 0,
    changed: new Set(),
    gone: new Set(),
  }
}

/**
 * Tracks of a room in which every participant sends sound and picture, and sees at most 12 pictures: the formula by
 * which the control plane reserves.
 */
export function tracksOf(people: number): number {
  return people * (2 + Math.min(people - 1, 12) + (people - 1))
}

function resize(machine: Machine, room: CarriedRoom): void {
  const tracks = room.people.size === 0 ? 0 : tracksOf(room.people.size)
  machine.tracks += tracks - room.tracks
  room.tracks = tracks
}

export function enterRoom(machine: Machine, name: string, who: Occupant): void {
  let room = machine.rooms.get(name)
  if (!room) machine.rooms.set(name, (room = { name, people: new Set(), tracks: 0 }))
  if (room.people.has(who)) return
  room.people.add(who)
  machine.people++
  resize(machine, room)
  machine.changed.add(name)
  machine.gone.delete(name)
}

/** LiveKit ends a room when its last participant leaves. */
export function leaveRoom(machine: Machine, name: string, who: Occupant): void {
  const room = machine.rooms.get(name)
  if (!room?.people.delete(who)) return
  machine.people--
  resize(machine, room)
  machine.changed.add(name)
  if (room.people.size === 0) endRoom(machine, room)
}

/** The control plane asked for it: every participant is removed. False if the room is not here. */
export function dropRoom(machine: Machine, name: string): boolean {
  const room = machine.rooms.get(name)
  if (!room) return false
  const people = [...room.people]
  machine.people -= people.length
  room.people.clear()
  resize(machine, room)
  endRoom(machine, room)
  for (const who of people) who.removed()
  return true
}

/** LiveKit exits, and all rooms with it. */
export function crash(machine: Machine): void {
  machine.up = false
  machine.reporting = false
  for (const name of machine.rooms.keys()) dropRoom(machine, name)
}

function endRoom(machine: Machine, { name }: CarriedRoom): void {
  machine.rooms.delete(name)
  machine.changed.delete(name)
  machine.gone.add(name)
}

/** As an agent measures it: even an idle machine uses a little CPU. */
export function readLoad(machine: Machine, random: Random) {
  const share = machine.tracks / machine.capacityTracks
  const busy = Math.min(1, 0.005 + 0.01 * random.next() + share * (0.96 + 0.04 * random.next()))
  return {
    busy,
    load: {
      cpuCores: Math.round(busy * machine.cores * 1e4) / 1e4,
      egressBytesPerSec: Math.round(machine.tracks * BYTES_PER_SEC_PER_TRACK),
      packetsPerSec: machine.tracks * PACKETS_PER_SEC_PER_TRACK,
      tracks: machine.tracks,
    },
    capacity: {
      cpuCores: machine.cores,
      egressBytesPerSec: machine.cores > 8 ? 1_250_000_000 : 125_000_000,
      packetsPerSec: machine.cores * 50_000,
      tracks: machine.capacityTracks,
    },
  }
}
