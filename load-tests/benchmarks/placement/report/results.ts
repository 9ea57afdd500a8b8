// What a run of the placement benchmark has measured.
import type { JoinsBesideReports } from '../../reports/joins-beside-reports.ts'
import type { JoinsByFleetSize } from '../routes.ts'
import type { PeerResults } from '../peers/peers.ts'

/** What control-plane/bench/placement.ts prints. */
export interface StoreResults {
  peak: { rule: string; peak: number; mean: number; refused: number }[]
  race: { split: number }
  placements: { nodes: number; callers: number; fresh: Timing; placed: Timing }[]
  reports: { nodes: number; perSec: number; redisMicros: number; replicaMicros: number }[]
  memory: {
    bytesPerNode: number
    perRoom: { rooms: number; bytes: number; redisMicrosPerJoin: number }[]
  }
}

interface Timing {
  perSec: number
  p50Ms: number
  p99Ms: number
  redisMicros: number
  replicaMicros: number
}

export interface PlacementResults {
  date: string
  machine: string
  /** Cores of the machine. */
  cores: number
  commit?: string | undefined
  versions: { livekit: string }
  store: StoreResults
  http: JoinsByFleetSize[]
  peers: PeerResults
  reporting: JoinsBesideReports
}

export const whole = (value: number): string => Math.round(value).toLocaleString('en-GB')
