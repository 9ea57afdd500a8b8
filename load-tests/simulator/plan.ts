// Everything that will happen in a run, decided before it starts.
import { type FaultEvent, type FaultRates, planFaults } from './nodes/faults.ts'
import { type RoomPlan, planRooms } from './participants/room-plans.ts'
import { LARGEST_ROOM, MEETING_SEC, UNDECLARED_SHARE } from './tuning.ts'

export interface RunPlan {
  nodes: number
  seed: number
  seconds: number
  /** First joins; retries come on top. */
  joinsPerSec: number
  rates: FaultRates
  /** See RoomOptions. */
  meetingSec?: number | undefined
  largest?: number | undefined
  undeclared?: number | undefined
}

export type PlannedEvent =
  | { kind: 'fault'; atMs: number; fault: FaultEvent }
  | { kind: 'room'; atMs: number; room: RoomPlan }

/** In order of time. The fleet itself and the deliveries of reports are decided elsewhere, by the same seed. */
export function planRun(options: RunPlan): PlannedEvent[] {
  const { meetingSec = MEETING_SEC, largest = LARGEST_ROOM, undeclared = UNDECLARED_SHARE } = options
  const faults = planFaults(options).map((fault) => ({ kind: 'fault' as const, atMs: fault.atMs, fault }))
  const rooms = [...planRooms({ ...options, meetingSec, largest, undeclared })].map((room) => ({
    kind: 'room' as const,
    atMs: room.atMs,
    room,
  }))
  return [...faults, ...rooms].toSorted((a, b) => a.atMs - b.atMs)
}
