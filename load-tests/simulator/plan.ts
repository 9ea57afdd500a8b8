// What is to happen in a run, decided before it starts.
import { type FaultEvent, type FaultRates, planFaults } from './faults.ts'
import { type RoomPlan, planRooms } from './rooms.ts'

export interface RunPlan {
  nodes: number
  seed: number
  seconds: number
  /** First joins; what people try again comes on top. */
  joinsPerSec: number
  rates: FaultRates
  /** See RoomOptions. */
  meetingSec?: number | undefined
  largest?: number | undefined
  surprises?: number | undefined
}

export type PlannedEvent =
  | { kind: 'fault'; atMs: number; fault: FaultEvent }
  | { kind: 'room'; atMs: number; room: RoomPlan }

const MEETING_SEC = 30
const LARGEST = 60
const SURPRISES = 0.1

/** In the order of time: all that the simulator decides of a run besides the fleet itself and the fates of reports. */
export function planRun(options: RunPlan): PlannedEvent[] {
  const { meetingSec = MEETING_SEC, largest = LARGEST, surprises = SURPRISES } = options
  const faults = planFaults(options).map((fault) => ({ kind: 'fault' as const, atMs: fault.atMs, fault }))
  const rooms = [...planRooms({ ...options, meetingSec, largest, surprises })].map((room) => ({
    kind: 'room' as const,
    atMs: room.atMs,
    room,
  }))
  return [...faults, ...rooms].toSorted((a, b) => a.atMs - b.atMs)
}
