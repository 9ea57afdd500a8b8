// The cases: the fault, its preparation, and the targets that must be met.
import type { Fault } from '../faults/fault.ts'
import {
  drainNode,
  hangLivekit,
  killLivekit,
  loseNode,
  loseSite,
  restartLivekit,
} from '../faults/node-faults.ts'
import type { Standby } from './standby-level.ts'

export type Medium = 'picture' | 'sound' | 'share'

/** A limit in milliseconds that a case must keep. */
export interface Limit {
  medium: Medium
  rank: 'p95' | 'worst'
  ms: number
}

export interface Case {
  title: string
  client: 'levee' | 'stock'
  nodes: number
  /** Default 1; nodes are assigned to sites in turn. */
  sites?: number
  standby: Standby
  fault: Fault
  /** A trial without recovery ends after this long and is marked as such. */
  timeoutMs: number
  /** The longest gap, or the time from the start of the outage until the end of the last noticeable gap. */
  measures: 'longest gap' | 'recovery'
  targets: readonly Limit[]
  /** How long the standby has existed before the fault. */
  standbyForMs?: number
  /** Each node has its own network. */
  isolated?: boolean
  /** A participant shares a screen of 1080p at 5 frames per second, as a text or as a film, and writes chat messages. */
  share?: 'text' | 'film'
  /** Default: as many as requested. */
  people?: number
  /** More trials than this would take too long. */
  maxTrials?: number
}

const limit = (medium: Medium, rank: Limit['rank'], ms: number): Limit => ({ medium, rank, ms })

const crash = {
  client: 'levee',
  nodes: 2,
  standby: 'off',
  fault: killLivekit,
  timeoutMs: 60_000,
  measures: 'longest gap',
} as const satisfies Partial<Case>

const cold = {
  ...crash,
  targets: [limit('picture', 'p95', 1_500), limit('picture', 'worst', 3_000)],
} as const satisfies Partial<Case>

const warm = {
  ...crash,
  standby: 'warm',
  targets: [limit('picture', 'p95', 400), limit('sound', 'p95', 300)],
} as const satisfies Partial<Case>

const restart = {
  ...crash,
  nodes: 1,
  fault: restartLivekit,
  measures: 'recovery',
  targets: [limit('picture', 'p95', 1_500), limit('sound', 'p95', 1_500)],
} as const satisfies Partial<Case>

const move = {
  ...crash,
  fault: drainNode,
  share: 'text',
  targets: [limit('sound', 'p95', 50), limit('picture', 'p95', 700)],
} as const satisfies Partial<Case>

export const CASES: Readonly<Record<string, Case>> = {
  'kill-cold': { ...cold, title: 'crash (kill -9), no standby' },
  'kill-cold-two': {
    ...cold,
    title: 'crash (kill -9), no standby, two participants',
    people: 2,
    maxTrials: 6,
  },
  'kill-warm': { ...warm, title: 'crash (kill -9), paused standby' },
  'kill-warm-late': {
    ...warm,
    title: 'crash (kill -9), standby paused for five minutes',
    standbyForMs: 300_000,
    maxTrials: 3,
  },
  'kill-sound': {
    ...crash,
    title: 'crash (kill -9), standby with sound running',
    standby: 'sound',
    targets: [limit('sound', 'worst', 60), limit('picture', 'p95', 400)],
  },
  'stop-warm': {
    ...crash,
    title: 'hanging LiveKit (SIGSTOP), paused standby',
    standby: 'warm',
    fault: hangLivekit,
    targets: [limit('picture', 'p95', 800), limit('sound', 'p95', 800)],
  },
  'vanish-cold': {
    ...crash,
    title: 'lost host, no standby',
    fault: loseNode,
    isolated: true,
    targets: [limit('picture', 'p95', 6_000), limit('sound', 'p95', 6_000)],
  },
  'vanish-warm': {
    ...crash,
    title: 'lost host, paused standby',
    standby: 'warm',
    fault: loseNode,
    isolated: true,
    targets: [limit('picture', 'p95', 800), limit('sound', 'p95', 800)],
  },
  'site-cold': {
    ...crash,
    title: 'lost site with two nodes; its meetings move to the other site',
    nodes: 4,
    sites: 2,
    fault: loseSite,
    isolated: true,
    maxTrials: 6,
    targets: [limit('picture', 'p95', 6_000), limit('sound', 'p95', 6_000)],
  },
  restart: { ...restart, title: 'single node, back after 5 s, counted from its return' },
  'restart-two': {
    ...restart,
    title: 'single node, back after 5 s, counted from its return, two participants',
    people: 2,
    maxTrials: 6,
  },
  move: { ...move, title: 'drain during a 1080p screen share' },
  'move-two': { ...move, title: 'drain during a 1080p screen share, two participants', people: 2 },
  'move-warm': {
    ...move,
    title: 'drain during a 1080p screen share, paused standby, two participants',
    standby: 'warm',
    people: 2,
    maxTrials: 6,
  },
  'move-film': {
    ...move,
    title: 'drain during a shared film, two participants',
    share: 'film',
    people: 2,
    maxTrials: 6,
  },
  stock: {
    ...crash,
    title: 'crash (kill -9), LiveKit’s own client',
    client: 'stock',
    maxTrials: 3,
    targets: [],
  },
}
