// What goes wrong, planned beforehand: on the way of a report, and with the nodes themselves.
import { type Random, seeded } from '@levee/deploy/seeded-random'

/** What happens to one report. */
export type Fate =
  | 'arrives'
  /** Never arrives. */
  | 'lost'
  /** Is taken in, but the agent never hears so. */
  | 'reply lost'
  /** Arrives after the agent gave it up. */
  | 'late'
  /** Arrives a second time, seconds later. */
  | 'replayed'
  /** Arrives right after the one that was sent next. */
  | 'overtaken'
  /** The agent could not read LiveKit: rooms and load are not known. */
  | 'unread'

export type NodeFault =
  /** Power cut: rooms gone, not a word; later back with a new boot. */
  | 'silent crash'
  /** LiveKit exits, the agent says so; later LiveKit is back, the agent's boot the same. */
  | 'crash with word'
  /** The agent starts anew beside a LiveKit that goes on. */
  | 'agent restart'
  /** Cut off for longer than it takes to be given up; LiveKit and its people go on; then it is back. */
  | 'zombie'
  /** Cut off, but back before it is given up. */
  | 'cut off'

export interface FaultEvent {
  atMs: number
  fault: NodeFault
  /** How long it lasts. */
  forMs: number
  /** Indices of nodes; the one of them that carries most people is hit. */
  among: number[]
}

export interface FaultRates {
  /** Share of reports that do not simply arrive. */
  reports: number
  /** Nodes hit by each kind of fault over the run, as a share of the fleet. */
  nodes: number
}

export const FAULTS = {
  none: { reports: 0, nodes: 0 },
  light: { reports: 0.02, nodes: 0.01 },
  heavy: { reports: 0.15, nodes: 0.03 },
} as const satisfies Record<string, FaultRates>

const WRONG: readonly (readonly [Fate, number])[] = [
  ['lost', 2],
  ['reply lost', 2],
  ['late', 2],
  ['replayed', 3],
  ['overtaken', 2],
  ['unread', 1],
]

/** The fate of the next report of a node, from that node's own stream. */
export function fateOf(random: Random, { reports }: FaultRates): Fate {
  return random.next() < reports ? random.weighted(WRONG) : 'arrives'
}

/** Given up after 25 s (deadMs of the control plane); a zombie's silence lasts longer. */
const ZOMBIE_MS = { from: 26_000, to: 29_000 }
const LASTS: Record<Exclude<NodeFault, 'zombie'>, { from: number; to: number }> = {
  'silent crash': { from: 3_000, to: 15_000 },
  'crash with word': { from: 2_000, to: 10_000 },
  'agent restart': { from: 500, to: 3_000 },
  'cut off': { from: 8_000, to: 18_000 },
}
const AMONG = 10

/** In the order of time. All are over before `seconds` are. A run too short for a zombie has none. */
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
      const among = Array.from({ length: AMONG }, () => random.below(nodes))
      const atMs = Math.round(random.between(startMs, Math.max(startMs, latestMs)))
      if (latestMs > startMs) events.push({ atMs, fault, forMs, among })
    }
  }
  // Early, and yet with people on them.
  add('zombie', ZOMBIE_MS, 2_500)
  for (const fault of Object.keys(LASTS) as (keyof typeof LASTS)[]) add(fault, LASTS[fault], 1_500)
  return events.toSorted((a, b) => a.atMs - b.atMs)
}

/** How long something that is late takes. */
export const lateMs = (random: Random): number => random.pick([3_200, 4_500, 7_000, 12_000])
