// What really stands there: machines with LiveKit on them, and the rooms that they carry. No control plane knows this.
import { type Random, seeded } from '@levee/deploy/seeded-random'

export interface MachineSpec {
  node: string
  site: string
  zone: string
  cores: number
  capacityTracks: number
  /** 256 bits as base64url. */
  secret: string
}

/** Somebody, or something, that is in a room. */
export interface Occupant {
  /** The room is gone from under them: its machine crashed, or was told to drop it. */
  displaced(): void
}

export interface CarriedRoom {
  name: string
  people: Set<Occupant>
  tracks: number
}

export interface Machine extends MachineSpec {
  /** LiveKit runs. */
  up: boolean
  rooms: Map<string, CarriedRoom>
  /** Sums over its rooms, at this moment. */
  tracks: number
  people: number
  /** What the agent has not told yet. */
  changed: Set<string>
  gone: Set<string>
}

const CORES: readonly (readonly [number, number])[] = [
  [4, 35],
  [8, 30],
  [16, 20],
  [32, 10],
  [64, 5],
]
/** What an agent goes by before it has learnt more: START_TRACKS_PER_CORE of the edge agent. */
const TRACKS_PER_CORE = 400
const ZONES = ['rack-a', 'rack-b', 'rack-c', 'rack-d']

export interface FleetPlan {
  nodes: number
  sites: number
  seed: number
  /** Less, and few people fill the fleet. */
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
    rooms: new Map(),
    tracks: 0,
    people: 0,
    changed: new Set(),
    gone: new Set(),
  }
}

/**
 * Tracks of a room in which everybody sends sound and picture, and nobody sees more than 12 pictures: the sum by which
 * the control plane reserves.
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

/** LiveKit ends a room with its last person. */
export function leaveRoom(machine: Machine, name: string, who: Occupant): void {
  const room = machine.rooms.get(name)
  if (!room?.people.delete(who)) return
  machine.people--
  resize(machine, room)
  machine.changed.add(name)
  if (room.people.size === 0) endRoom(machine, room)
}

/** Told by the control plane: everybody in it is put out. */
export function dropRoom(machine: Machine, name: string): boolean {
  const room = machine.rooms.get(name)
  if (!room) return false
  const people = [...room.people]
  machine.people -= people.length
  room.people.clear()
  resize(machine, room)
  endRoom(machine, room)
  for (const who of people) who.displaced()
  return true
}

/** LiveKit is gone and all rooms with it. */
export function crash(machine: Machine): void {
  machine.up = false
  for (const name of machine.rooms.keys()) dropRoom(machine, name)
}

function endRoom(machine: Machine, { name }: CarriedRoom): void {
  machine.rooms.delete(name)
  machine.changed.delete(name)
  machine.gone.add(name)
}

const BYTES_PER_SEC_PER_TRACK = 25_000
const PACKETS_PER_SEC_PER_TRACK = 60

/** Cores, bytes/s, packets/s and tracks, as an agent measures them: CPU is never quite still, even on an idle machine. */
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
