// What goes wrong, planned beforehand: with the delivery of reports, and with the nodes themselves.
import { type Random, seeded } from '@levee/deploy/seeded-random'
import {
  FAULT_CANDIDATES,
  FAULT_MS,
  FAULTS_FROM_MS,
  LATE_BY_MS,
  ZOMBIES_FROM_MS,
  ZOMBIE_MS,
} from '../tuning.ts'

/** What happens to one report. */
export type Delivery =
  | 'arrives'
  /** Never arrives. */
  | 'lost'
  /** Is accepted, but the agent gets no answer. */
  | 'reply lost'
  /** Arrives after the agent gave up on it. */
  | 'late'
  /** Arrives a second time, seconds later. */
  | 'replayed'
  /** Arrives right after the next one. */
  | 'overtaken'
  /** The agent could not read LiveKit: rooms and load are unknown. */
  | 'unread'

export type NodeFault =
  /** Rooms are gone without notice; later the node is back with a new boot. */
  | 'power cut'
  /** LiveKit exits and the agent reports it; later LiveKit is back under the same agent. */
  | 'LiveKit crash'
  /** The agent restarts beside a LiveKit that keeps running. */
  | 'agent restart'
  /** Cut off for so long that the node counts as lost, while LiveKit and its participants continue; then it is back. */
  | 'zombie'
  /** Cut off, but back before the node counts as lost. */
  | 'cut off'

export interface FaultEvent {
  atMs: number
  fault: NodeFault
  /** How long it lasts. */
  forMs: number
  /** Indices of nodes; the one with the most participants is hit. */
  candidates: number[]
}

export interface FaultRates {
  /** Share of reports that do not simply arrive. */
  reports: number
  /** Nodes hit by each kind of fault during the run, as a share of the fleet. */
  nodes: number
}

export const FAULTS = {
  none: { reports: 0, nodes: 0 },
  light: { reports: 0.02, nodes: 0.01 },
  heavy: { reports: 0.15, nodes: 0.03 },
} as const satisfies Record<string, FaultRates>

const FAILED_DELIVERIES: readonly (readonly [Delivery, number])[] = [
  ['lost', 2],
  ['reply lost', 2],
  ['late', 2],
  ['replayed', 3],
  ['overtaken', 2],
  ['unread', 1],
]

/** What happens to the next report of a node; `random` belongs to that node alone. */
export function nextDelivery(random: Random, { reports }: FaultRates): Delivery {
  return random.chance(reports) ? random.weighted(FAILED_DELIVERIES) : 'arrives'
}

/** In order of time. All are over before `seconds` are. A run too short for a zombie has none. */
export function planFaults(options: {
  nodes: number
  seconds: number
  seed: number
  rates: FaultRates
}): FaultEvent[] {
  const { nodes, rates } = options
  const random = seeded(options.seed, 'node faults')
  const endMs = options.seconds * 1_000
  const count = rates.nodes === 0 ? 0 : Math.max(1, Math.round(nodes * rates.nodes))
  const events: FaultEvent[] = []
  const add = (fault: NodeFault, lasts: { from: number; to: number }, startMs: number) => {
    for (let i = 0; i < count; i++) {
      const forMs = Math.round(random.between(lasts.from, lasts.to))
      const latestMs = endMs - forMs - 1_000
      const candidates = Array.from({ length: FAULT_CANDIDATES }, () => random.below(nodes))
      const atMs = Math.round(random.between(startMs, Math.max(startMs, latestMs)))
      if (latestMs > startMs) events.push({ atMs, fault, forMs, candidates })
    }
  }
  add('zombie', ZOMBIE_MS, ZOMBIES_FROM_MS)
  for (const fault of Object.keys(FAULT_MS) as (keyof typeof FAULT_MS)[])
    add(fault, FAULT_MS[fault], FAULTS_FROM_MS)
  return events.toSorted((a, b) => a.atMs - b.atMs)
}

export const lateByMs = (random: Random): number => random.pick(LATE_BY_MS)
