/** Between the store's values and what the scripts take and give. */
import type { NodeCredentials, NodeDetails, NodeReading, NodeRecord } from '../domain/nodes.ts'
import type { FreeTracks, RestartStep, SiteRecord } from '../domain/site-records.ts'
import type { NodeState } from '../protocol/shapes/nodes.ts'
import type { OfflinePolicy, RestartReason, SiteRestart } from '../protocol/shapes/sites.ts'

export type Row = readonly (string | number)[]

/** As report-nodes.lua takes a report. */
export function reportArgs(r: NodeReading): (string | number)[] {
  const { rooms } = r
  return [
    r.node,
    r.secretHash,
    r.bootId,
    r.seq,
    r.up ? 1 : 0,
    r.utilisationPpm ?? '',
    Math.round(r.capacityTracks),
    Math.round(r.joinsPerSec),
    r.staysMs ?? '',
    r.wantsUrl ? 1 : 0,
    JSON.stringify(r.details),
    rooms
      ? JSON.stringify([
          rooms.since,
          rooms.changed.map((x) => [x.name, x.participants, x.tracks]),
          rooms.gone,
          rooms.rooms,
          rooms.participants,
        ])
      : '',
    r.startedAtSec === undefined ? '' : Math.round(r.startedAtSec),
    r.cannotRestart ? 1 : 0,
  ]
}

/** As scripts take what other sites would take. */
export const freeArg = (free: FreeTracks): string =>
  free.map(({ site, tracks }) => `${site} ${Math.floor(tracks)}`).join(',')

/** What step-restart.lua did. */
export function restartStep([step, ...rest]: Row): RestartStep | 'idle' {
  if (step === 'idle') return 'idle'
  if (step === 'ended') return { step, done: Number(rest[0]), skipped: Number(rest[1]) }
  const node = String(rest[0])
  if (step === 'stuck') return { step, node, reason: rest[1] as RestartReason }
  return { step: step as 'drained' | 'restarted' | 'skipped' | 'back', node }
}

function list(csv: Row[number] | undefined): string[] {
  return String(csv ?? '')
    .split(',')
    .filter(Boolean)
}

/** A card as enrolment wrote it. */
export function cardFrom(text = ''): NodeCredentials {
  const [url = '', apiKey = '', sealedSecret = ''] = text.split('\n')
  return { url, apiKey, sealedSecret }
}

/** A row of read-sites.lua. */
export function siteRecord(row: Row): SiteRecord {
  const number = (i: number) => Number(row[i] ?? 0)
  return {
    site: String(row[0]),
    nodes: number(1),
    silent: number(2),
    frozen: number(3) === 1,
    capacityTracks: number(4),
    loadTracks: number(5),
    reservedTracks: number(6),
    serving: number(7),
    rooms: number(8),
    participants: number(9),
    settings: {
      ranges: list(row[10]),
      fallback: list(row[11]),
      boundary: row[12] === 'hard' ? 'hard' : 'soft',
      spare: row[13] === 'none' ? 'none' : 'largest-node',
      offline: String(row[15] ?? 'off') as OfflinePolicy,
    },
    sampleUrl: String(row[14] ?? ''),
    restart: row[16] === undefined ? null : siteRestart(row.slice(16)),
  }
}

function siteRestart(row: Row): SiteRestart {
  const [state, node, done, skipped, total, reason, need, free, stopping] = row.map(String)
  return {
    state: state as SiteRestart['state'],
    node: node || null,
    done: Number(done),
    skipped: Number(skipped),
    // Nodes may have come since it began.
    total: Math.max(Number(total), Number(done) + Number(skipped)),
    reason: (reason || null) as SiteRestart['reason'],
    needTracks: Number(need),
    freeTracks: Number(free),
    stopping: stopping === '1',
  }
}

/** A row of read-nodes.lua; `now` in Redis ms. */
export function nodeRecord(now: number, row: Row): NodeRecord {
  const number = (i: number) => Number(row[i] ?? 0)
  const [url = '', , , agentVersion = ''] = String(row[11]).split('\n')
  const seenMs = number(8)
  return {
    node: String(row[0]),
    site: String(row[1]),
    zone: String(row[2]),
    url,
    agentVersion,
    state: String(row[3]) as NodeState,
    up: number(4) === 1,
    silentMs: seenMs > 0 ? Math.max(0, now - seenMs) : null,
    frozen: number(13) === 1,
    utilisationPpm: number(5),
    capacityTracks: number(6),
    reservedTracks: number(7),
    rooms: number(9),
    participants: number(10),
    details: row[12] ? (JSON.parse(String(row[12])) as NodeDetails) : null,
    drain:
      row[14] === ''
        ? null
        : {
            endsInMs: Math.max(0, number(14) - now),
            roomsAtStart: row[15] === '' ? null : number(15),
            roomsToMove: number(16),
          },
  }
}
