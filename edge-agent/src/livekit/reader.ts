import { NodeReport } from '@levee/control-plane/contract'
import { LIVEKIT_ROOM_NAME_MAX_LENGTH } from '@levee/control-plane/protocol/limits'
import type { CarriedRoom } from '@levee/control-plane/protocol/shapes/nodes'
import { RoomServiceClient } from 'livekit-server-sdk'
import { contractRange } from '../contract-range.ts'
import { LIVEKIT_READ_TIMEOUT_MS } from '../tuning/livekit.ts'

/** One scrape of LiveKit's Prometheus endpoint. Counters are since LiveKit's start. */
export type LivekitMetrics = {
  /** Published + subscribed. */
  tracks: number
  participants: number
  egressBytesTotal: number
  /** In and out, retransmissions included. */
  packetsTotal: number
  /** CPU time of the LiveKit process; undefined where the system does not report it. */
  cpuSecondsTotal: number | undefined
  /** Unix time at which the process started; undefined where the system does not report it. */
  startedAtSec: number | undefined
}

/** The contract's bounds for a room in a report. */
const ROOM = NodeReport.properties.livekit.properties.rooms.anyOf[1].items.properties
const { max: maxParticipants } = contractRange(ROOM.participants)
const { max: maxTracks } = contractRange(ROOM.tracks)

/**
 * Parses Prometheus text. A missing series is 0, because LiveKit creates each series at its first use.
 * Throws when the text is not from LiveKit (an error page, for example): a failed reading is not zero.
 */
export function parseLivekitMetrics(text: string): LivekitMetrics {
  const sums = new Map<string, number>()
  let fromLivekit = false
  for (const line of text.split('\n')) {
    const sample = /^([a-zA-Z_:][\w:]*)(\{.*\})?\s+(\S+)/.exec(line)
    if (!sample) continue
    const [, name = '', labels = '', number = ''] = sample
    const value = Number(number)
    if (!Number.isFinite(value)) continue
    fromLivekit ||= name.startsWith('livekit_')
    const direction = /[{,]direction="(\w+)"/.exec(labels)?.[1]
    const key = direction === undefined ? name : `${name}:${direction}`
    sums.set(key, (sums.get(key) ?? 0) + value)
  }
  if (!fromLivekit) throw new Error('the answer contains no LiveKit metrics')
  const sum = (...keys: string[]) => keys.reduce((total, key) => total + (sums.get(key) ?? 0), 0)
  return {
    tracks: sum('livekit_track_published_total', 'livekit_track_subscribed_total'),
    participants: sum('livekit_participant_total'),
    egressBytesTotal: sum('livekit_packet_bytes:outgoing'),
    packetsTotal: sum('livekit_packet_total:outgoing', 'livekit_packet_total:incoming'),
    cpuSecondsTotal: sums.get('process_cpu_seconds_total'),
    startedAtSec: sums.get('process_start_time_seconds'),
  }
}

/**
 * Tracks of a room, published + subscribed. LiveKit's list has participants and publishers only, so each publisher counts
 * as one audio and one video track, received by all others: 2·publishers + 2·publishers·(participants − 1).
 */
export function estimateTracks(participants: number, publishers: number): number {
  return Math.min(maxTracks, 2 * publishers * Math.max(1, participants))
}

export type LivekitReader = {
  /** One scrape. Rejects on any failure. */
  metrics(): Promise<LivekitMetrics>
  /** Rooms on this LiveKit. Its participant counts are up to 10 s old. Rejects on failure. */
  rooms(): Promise<CarriedRoom[]>
}

/** Reads the LiveKit beside this agent with the node's own API key. */
export function livekitReader(options: {
  url: URL
  metricsUrl: URL
  apiKey: string
  apiSecret: string
}): LivekitReader {
  const reading = new RoomServiceClient(
    options.url.href.replace(/\/$/, ''),
    options.apiKey,
    options.apiSecret,
    { requestTimeout: LIVEKIT_READ_TIMEOUT_MS / 1_000, failover: false },
  )

  return {
    async metrics() {
      const response = await fetch(options.metricsUrl, {
        signal: AbortSignal.timeout(LIVEKIT_READ_TIMEOUT_MS),
      })
      const text = await response.text()
      if (!response.ok) throw new Error(`LiveKit's metrics endpoint answered ${response.status}`)
      return parseLivekitMetrics(text)
    },
    async rooms() {
      const rooms = await reading.listRooms()
      return (
        rooms
          // The control plane never creates longer names.
          .filter((room) => room.name.length <= LIVEKIT_ROOM_NAME_MAX_LENGTH)
          .map((room) => ({
            name: room.name,
            participants: Math.min(maxParticipants, room.numParticipants),
            tracks: estimateTracks(room.numParticipants, room.numPublishers),
          }))
      )
    },
  }
}
