import { RoomServiceClient } from 'livekit-server-sdk'
import type { NodeReport } from '@levee/control-plane/contract'
import { SCRAPE_TIMEOUT_MS } from '../tuning/agent.ts'

/** A room as reported: name, people, tracks published + subscribed (estimated). */
export type CarriedRoom = NonNullable<NodeReport['livekit']['rooms']>[number]

/** What one scrape of LiveKit's Prometheus endpoint tells. Counters are since LiveKit's start. */
export type LivekitMetrics = {
  /** Published + subscribed. */
  tracks: number
  participants: number
  egressBytesTotal: number
  /** In and out, first sendings and repeats. */
  packetsTotal: number
  /** CPU time of the LiveKit process; undefined where the system does not tell. */
  cpuSecondsTotal: number | undefined
  /** Unix time at which the process started; undefined where the system does not tell. */
  startedAtSec: number | undefined
}

/** Longer names cannot be reported; the control plane never makes them. */
const MAX_ROOM_NAME = 128

/**
 * Reads Prometheus text. A series that does not exist yet is 0, for LiveKit makes each at its first use.
 * Throws when the text is not LiveKit's (an error page, say): that is a failed reading, not zeros.
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
  if (!fromLivekit) throw new Error('the answer does not hold metrics of LiveKit')
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
 * Tracks of a room, published + subscribed. LiveKit lists people and publishers only, so each publisher counts as
 * sound and picture (2), received by everybody else: 2·publishers + 2·publishers·(participants − 1).
 */
export function estimateTracks(participants: number, publishers: number): number {
  return Math.min(10_000_000, 2 * publishers * Math.max(1, participants))
}

export type LivekitReader = {
  /** One scrape. Rejects when it failed in any way. */
  metrics(): Promise<LivekitMetrics>
  /** Rooms this LiveKit carries. Counts of people are up to 10 s old, as LiveKit refreshes them. Rejects on failure. */
  rooms(): Promise<CarriedRoom[]>
}

/** Talks to the LiveKit beside this agent with the node's own key. */
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
    { requestTimeout: SCRAPE_TIMEOUT_MS / 1_000, failover: false },
  )

  return {
    async metrics() {
      const response = await fetch(options.metricsUrl, { signal: AbortSignal.timeout(SCRAPE_TIMEOUT_MS) })
      const text = await response.text()
      if (!response.ok) throw new Error(`LiveKit's metrics answered ${response.status}`)
      return parseLivekitMetrics(text)
    },
    async rooms() {
      const rooms = await reading.listRooms()
      return rooms
        .filter((room) => room.name.length <= MAX_ROOM_NAME)
        .map((room) => ({
          name: room.name,
          participants: Math.min(100_000, room.numParticipants),
          tracks: estimateTracks(room.numParticipants, room.numPublishers),
        }))
    },
  }
}
