/** The real state of the nodes and the rooms on them, independent of what Redis has recorded. */
import type { Random } from '../../../deploy/stack/seeded-random.ts'
import type { NodeEnrolment, NodeReading } from '../../src/domain/nodes.ts'

export type SimNode = {
  id: string
  site: string
  zone: string
  capTracks: number
  /** silent: its reports do not reach the control plane; its rooms continue. */
  life: 'well' | 'silent' | 'livekit-down'
  boot: number
  seq: number
  rooms: Map<string, number>
  /** Of the last report that was answered; undefined: the next one lists all rooms. */
  acked: { seq: number; rooms: Map<string, number> } | undefined
  lastReading: NodeReading | undefined
  /** Reports of this boot that were refused, in a row. */
  refused: number
  isEnrolling: boolean
}

export const SITES = ['east', 'west'] as const

export function makeNodes(): SimNode[] {
  const of = (id: string, site: string, zone: string, capTracks: number): SimNode => ({
    id,
    site,
    zone,
    capTracks,
    life: 'well',
    boot: 1,
    seq: 0,
    rooms: new Map(),
    acked: undefined,
    lastReading: undefined,
    refused: 0,
    isEnrolling: false,
  })
  return [
    of('e1', 'east', 'rack-1', 400),
    of('e2', 'east', 'rack-1', 200),
    of('e3', 'east', 'rack-2', 300),
    of('w1', 'west', '', 250),
    of('w2', 'west', '', 250),
  ]
}

const secretOf = (node: SimNode): string => `secret-${node.id}`

export const enrolmentOf = (node: SimNode): NodeEnrolment => ({
  node: node.id,
  site: node.site,
  zone: node.zone,
  secretHash: secretOf(node),
  url: 'wss://x',
  apiKey: 'k',
  sealedSecret: 's',
  agentVersion: '1',
})

/** The next report, as an agent would send it. `isBlind`: LiveKit, if it runs, did not answer the agent. */
export function readingOf(node: SimNode, random: Random, { isBlind = false } = {}): NodeReading {
  node.seq++
  const up = node.life !== 'livekit-down'
  const load = [...node.rooms.values()].reduce((sum, tracks) => sum + tracks, 0)
  const whole = !node.acked || random.chance(0.2)
  const before = whole ? new Map<string, number>() : node.acked!.rooms
  const changed = [...node.rooms].filter(([name, tracks]) => before.get(name) !== tracks)
  const blind = up && isBlind
  const reading: NodeReading = {
    node: node.id,
    secretHash: secretOf(node),
    bootId: `boot-${node.boot}`,
    seq: node.seq,
    up,
    utilisationPpm: blind ? null : Math.round((load / node.capTracks) * 1e6),
    capacityTracks: node.capTracks,
    joinsPerSec: 1_000,
    details: {
      capacity: { cpuCores: 1, egressBytesPerSec: 1, packetsPerSec: 1, tracks: node.capTracks },
      load: null,
      cpuBusy: 0,
      cpuSteal: 0,
    },
    rooms:
      !up || blind
        ? null
        : {
            since: whole ? 0 : node.acked!.seq,
            changed: changed.map(([name, tracks]) => ({ name, participants: 1, tracks })),
            gone: [...before.keys()].filter((name) => !node.rooms.has(name)),
            rooms: node.rooms.size,
            participants: node.rooms.size,
          },
  }
  node.lastReading = reading
  return reading
}
