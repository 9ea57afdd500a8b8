// The faults of a soak and their times. Everything follows from the seed, so that a run can be repeated.
import { seeded } from '@levee/deploy/seeded-random'
import { SOAK_FAULTS, SOAK_STORM_MS } from '../tuning.ts'

export type FaultKind =
  /** kill -9 of a node's LiveKit; its agent keeps running. */
  | 'livekit'
  /** kill -9 of LiveKit and its agent. */
  | 'node'
  /** kill -9 of the agent; LiveKit keeps running. */
  | 'agent'
  /** SIGSTOP of LiveKit, then SIGCONT. After a long stop its rooms have moved, and it comes back with stale ones. */
  | 'hang'
  /** A drain by an operator, later cancelled. */
  | 'drain'
  /** kill -9 of a control plane. */
  | 'replica'
  /** kill -9 of Redis, which comes back with its append-only file. */
  | 'redis'
  /** Redis loses all data while it runs. */
  | 'flush'
  /** kill -9 of Redis, which comes back without its file. */
  | 'wipe'

export interface PlannedFault {
  /** Milliseconds from the start of the storm. */
  atMs: number
  kind: FaultKind
  /** Index of the replica, or rank of the node: 0 has the most participants when the storm starts. */
  index: number
  /** The repair starts after this. */
  forMs: number
}

/** A few faults close together. All are repaired, and every participant must recover, before the next storm. */
export interface Storm {
  faults: PlannedFault[]
  /** Rank of the node without a fault: meetings need one node. */
  spared: number
}

const WEIGHTS: readonly (readonly [FaultKind, number])[] = [
  ['livekit', 4],
  ['node', 2],
  ['agent', 2],
  ['hang', 2],
  ['drain', 2],
  ['replica', 3],
  ['redis', 2],
  ['flush', 1],
  ['wipe', 1],
]

const PARTS: Record<FaultKind, 'node' | 'replica' | 'redis'> = {
  livekit: 'node',
  node: 'node',
  agent: 'node',
  hang: 'node',
  drain: 'node',
  replica: 'replica',
  redis: 'redis',
  flush: 'redis',
  wipe: 'redis',
}

const DURATIONS: Record<FaultKind, readonly [fromMs: number, toMs: number]> = {
  livekit: [1_000, 12_000],
  node: [1_000, 12_000],
  agent: [500, 8_000],
  hang: [500, 10_000],
  drain: [4_000, 12_000],
  replica: [500, 6_000],
  redis: [300, 4_000],
  flush: [0, 0],
  wipe: [300, 4_000],
}

/** Endless: the run takes storms until its time is over. */
export function* planStorms(options: {
  seed: number
  nodes: number
  replicas: number
}): Generator<Storm, never, void> {
  const random = seeded(options.seed, 'soak')
  for (let storm = 0; ; storm++) {
    const spared = storm % options.nodes
    // At most one fault per part and storm: a part must be up before its fault and come back after it.
    const left = {
      node: range(options.nodes).filter((node) => node !== spared),
      replica: range(options.replicas),
      redis: [0],
    }
    const faults: PlannedFault[] = []
    const count = Math.floor(random.between(SOAK_FAULTS.from, SOAK_FAULTS.to + 1))
    for (let i = 0; i < count; i++) {
      const kind = random.weighted(WEIGHTS)
      const parts = left[PARTS[kind]]
      const [fromMs, toMs] = DURATIONS[kind]
      const atMs = Math.round(random.between(0, SOAK_STORM_MS))
      const forMs = Math.round(random.between(fromMs, toMs))
      if (parts.length === 0) continue
      const index = random.pick(parts)
      parts.splice(parts.indexOf(index), 1)
      faults.push({ atMs, kind, index, forMs })
    }
    yield { spared, faults: faults.toSorted((a, b) => a.atMs - b.atMs) }
  }
}

const range = (count: number) => Array.from({ length: count }, (_, i) => i)
