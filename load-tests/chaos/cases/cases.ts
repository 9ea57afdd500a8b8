// The cases: what breaks, what is held ready against it, and what is promised.
import {
  type Fault,
  drainNode,
  hangLivekit,
  killLivekit,
  restartLivekit,
  vanishNode,
  vanishSite,
} from '../faults/faults.ts'
import type { Standby } from './rig.ts'

export type Figure = 'picture' | 'sound' | 'share'
type Rank = 'p95' | 'worst'

export interface Promised {
  figure: Figure
  rank: Rank
  ms: number
}

export interface Case {
  title: string
  client: 'levee' | 'stock'
  nodes: number
  /** Default 1; the nodes are dealt to them in turn. */
  sites?: number
  standby: Standby
  fault: Fault
  patienceMs: number
  /** 'gap': the longest one; 'return': from the moment that counts until the last gap ended. */
  counts: 'gap' | 'return'
  targets: readonly Promised[]
  /** How long the standby has stood by when it is needed. */
  stoodMs?: number
  /** Each node in a network of its own. */
  far?: boolean
  /** Somebody shares a screen of 1080p at 5 frames a second, as a text or as a film, and chats. */
  share?: 'text' | 'film'
  /** Default: as many as were asked for. */
  people?: number
  /** Most trials that are worth their time. */
  trials?: number
}

const promised = (figure: Figure, rank: Rank, ms: number): Promised => ({ figure, rank, ms })

const crash = {
  client: 'levee',
  nodes: 2,
  standby: 'off',
  fault: killLivekit,
  patienceMs: 60_000,
  counts: 'gap',
} as const satisfies Partial<Case>

const cold = {
  ...crash,
  targets: [promised('picture', 'p95', 1_500), promised('picture', 'worst', 3_000)],
} as const satisfies Partial<Case>

const warm = {
  ...crash,
  standby: 'warm',
  targets: [promised('picture', 'p95', 400), promised('sound', 'p95', 300)],
} as const satisfies Partial<Case>

const restart = {
  ...crash,
  nodes: 1,
  fault: restartLivekit,
  counts: 'return',
  targets: [promised('picture', 'p95', 1_500), promised('sound', 'p95', 1_500)],
} as const satisfies Partial<Case>

const move = { ...crash, fault: drainNode, share: 'text' } as const

const MOVED = [promised('sound', 'p95', 50), promised('picture', 'p95', 700)]

export const CASES: Readonly<Record<string, Case>> = {
  'kill-cold': { ...cold, title: 'kill -9 never back, cold' },
  'kill-cold-two': { ...cold, title: 'kill -9 never back, cold, two people', people: 2, trials: 6 },
  'kill-warm': { ...warm, title: 'kill -9 never back, warm and paused' },
  'kill-warm-late': {
    ...warm,
    title: 'kill -9 never back, warm and paused for five minutes',
    stoodMs: 300_000,
    trials: 3,
  },
  'kill-sound': {
    ...crash,
    title: 'kill -9 never back, sound running',
    standby: 'sound',
    targets: [promised('sound', 'worst', 60), promised('picture', 'p95', 400)],
  },
  'stop-warm': {
    ...crash,
    title: 'SIGSTOP, warm',
    standby: 'warm',
    fault: hangLivekit,
    targets: [promised('picture', 'p95', 800), promised('sound', 'p95', 800)],
  },
  'vanish-cold': {
    ...crash,
    title: 'vanished host, cold',
    fault: vanishNode,
    far: true,
    targets: [promised('picture', 'p95', 6_000), promised('sound', 'p95', 6_000)],
  },
  'vanish-warm': {
    ...crash,
    title: 'vanished host, warm',
    standby: 'warm',
    fault: vanishNode,
    far: true,
    targets: [promised('picture', 'p95', 800), promised('sound', 'p95', 800)],
  },
  'site-cold': {
    ...crash,
    title: 'a whole site gone, of two nodes; the other site takes its meetings',
    nodes: 4,
    sites: 2,
    fault: vanishSite,
    far: true,
    trials: 6,
    targets: [promised('picture', 'p95', 6_000), promised('sound', 'p95', 6_000)],
  },
  restart: { ...restart, title: 'single node, the same back after 5 s, from its return' },
  'restart-two': {
    ...restart,
    title: 'single node, the same back after 5 s, from its return, two people',
    people: 2,
    trials: 6,
  },
  move: { ...move, title: 'drain with people talking and a 1080p share', targets: MOVED },
  'move-two': {
    ...move,
    title: 'drain with people talking and a 1080p share, two people',
    people: 2,
    targets: MOVED,
  },
  'move-warm': {
    ...move,
    title: 'drain with a 1080p share and a warm standby, two people',
    standby: 'warm',
    people: 2,
    trials: 6,
    targets: MOVED,
  },
  'move-film': {
    ...move,
    title: 'drain with a film that is shared, two people',
    share: 'film',
    people: 2,
    trials: 6,
    targets: MOVED,
  },
  stock: {
    ...crash,
    title: 'kill -9 never back, LiveKit’s own client',
    client: 'stock',
    trials: 3,
    targets: [],
  },
}
