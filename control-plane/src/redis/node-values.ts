/** Converts values of nodes between the domain and the scripts. */
import type { NodeCredentials, NodeDetails, NodeEnrolment, NodeReading, NodeRecord } from '../domain/nodes.ts'
import type { CarriedRoom } from '../protocol/shapes/nodes.ts'
import type { AnswerOf, ItemOf } from './scripting/define-script.ts'
import type { readNodes } from './scripts/nodes.ts'
import type { reportNodes, RoomChangesJson } from './scripts/reports.ts'

/** The credentials as enrolment writes them: one field per line. */
export const credentialsText = ({ url, apiKey, sealedSecret, agentVersion }: NodeEnrolment): string =>
  [url, apiKey, sealedSecret, agentVersion].join('\n')

export function credentialsFrom(text: string): NodeCredentials {
  const [url = '', apiKey = '', sealedSecret = ''] = text.split('\n')
  return { url, apiKey, sealedSecret }
}

/** When the node held an offline grant, as its record has it. */
export function grantFrom(text: string | undefined): { sinceMs: number; untilMs: number } | undefined {
  if (text === undefined) return undefined
  const [sinceMs = 0, untilMs = 0] = text.split(' ').map(Number)
  return { sinceMs, untilMs }
}

export const changesOf = (changed: readonly CarriedRoom[], gone: string[] = []): RoomChangesJson => ({
  names: changed.map(({ name }) => name),
  tracks: changed.map(({ tracks }) => tracks),
  gone,
})

export function reportItem(reading: NodeReading): ItemOf<typeof reportNodes> {
  const { rooms } = reading
  return {
    node: reading.node,
    secretHash: reading.secretHash,
    bootId: reading.bootId,
    seq: reading.seq,
    up: reading.up,
    utilisationPpm: reading.utilisationPpm ?? undefined,
    capacityTracks: Math.round(reading.capacityTracks),
    joinsPerSecMax: Math.round(reading.joinsPerSec),
    staysMs: reading.staysMs,
    wantsUrl: reading.wantsUrl ?? false,
    details: JSON.stringify(reading.details),
    rooms: rooms
      ? {
          since: rooms.since,
          ...changesOf(rooms.changed, rooms.gone),
          rooms: rooms.rooms,
          participants: rooms.participants,
        }
      : undefined,
    livekitStartSec: reading.startedAtSec === undefined ? undefined : Math.round(reading.startedAtSec),
    cannotRestart: reading.cannotRestart ?? false,
  }
}

type Row = AnswerOf<typeof readNodes>['nodes'][number]

export function nodeRecord(row: Row, { nowMs, frozen }: { nowMs: number; frozen: boolean }): NodeRecord {
  const { credentials, details, drain, seenMs, ...known } = row
  const [url = '', , , agentVersion = ''] = credentials.split('\n')
  return {
    ...known,
    url,
    agentVersion,
    silentMs: seenMs > 0 ? Math.max(0, nowMs - seenMs) : null,
    frozen,
    details: details === undefined ? null : (JSON.parse(details) as NodeDetails),
    drain:
      drain === undefined
        ? null
        : {
            endsInMs: Math.max(0, drain.endsMs - nowMs),
            roomsAtStart: drain.roomsAtStart ?? null,
            roomsToMove: drain.roomsToMove,
          },
  }
}
