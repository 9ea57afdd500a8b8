// What breaks when in a soak: all from the seed, so that a run can be repeated blow by blow.
import { seeded } from '@levee/deploy/seeded-random'

export type BlowKind =
  /** kill -9 of a node’s LiveKit; its agent stays. */
  | 'livekit'
  /** kill -9 of LiveKit and agent. */
  | 'node'
  /** kill -9 of the agent; LiveKit goes on. */
  | 'agent'
  /** SIGSTOP of LiveKit, then SIGCONT: a zombie, if it was long. */
  | 'hang'
  /** A drain by the operator, taken back later. */
  | 'drain'
  /** kill -9 of a control plane. */
  | 'replica'
  /** kill -9 of Redis; back with its append-only file. */
  | 'redis'
  /** Redis loses everything while it runs. */
  | 'flush'
  /** kill -9 of Redis; back without its file. */
  | 'wipe'

export interface PlannedBlow {
  /** From the beginning of the storm. */
  atMs: number
  kind: BlowKind
  /** Index of the replica, or rank of the node: 0 has most people when the storm begins. */
  which: number
  /** What was struck begins to come back after this. */
  forMs: number
}

/** A few blows close together; all is mended, and everybody must be back, before the next. */
export interface Storm {
  blows: PlannedBlow[]
  /** Rank of the node that nothing happens to: people need somewhere to be. */
  spared: number
}

const WEIGHTS: readonly (readonly [BlowKind, number])[] = [
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

const STRIKES: Record<BlowKind, 'node' | 'replica' | 'redis'> = {
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

const LASTS: Record<BlowKind, readonly [fromMs: number, toMs: number]> = {
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

const BLOWS = { from: 2, to: 5 }
const STORM_MS = 12_000

/** Endless: the run takes storms until its time is over. */
export function* planStorms(options: {
  seed: number
  nodes: number
  replicas: number
}): Generator<Storm, never, void> {
  const random = seeded(options.seed, 'soak')
  for (let index = 0; ; index++) {
    const spared = index % options.nodes
    // Each part is struck once in a storm at most: it must be up to be struck, and come back to be counted.
    const left = {
      node: range(options.nodes).filter((node) => node !== spared),
      replica: range(options.replicas),
      redis: [0],
    }
    const blows: PlannedBlow[] = []
    const count = Math.floor(random.between(BLOWS.from, BLOWS.to + 1))
    for (let i = 0; i < count; i++) {
      const kind = random.weighted(WEIGHTS)
      const among = left[STRIKES[kind]]
      const [fromMs, toMs] = LASTS[kind]
      const [atMs, forMs] = [random.between(0, STORM_MS), random.between(fromMs, toMs)].map(Math.round)
      if (among.length === 0) continue
      const which = random.pick(among)
      among.splice(among.indexOf(which), 1)
      blows.push({ atMs: atMs ?? 0, kind, which, forMs: forMs ?? 0 })
    }
    yield { spared, blows: blows.toSorted((a, b) => a.atMs - b.atMs) }
  }
}

const range = (count: number) => Array.from({ length: count }, (_, i) => i)
