import { Track, type RemoteTrackPublication } from 'livekit-client'
import {
  MEDIA_SAMPLE_SINGLE_MS,
  MEDIA_SAMPLE_MS,
  MEDIA_SAMPLE_QUIET_MS,
  SILENCE_TRACKS_MAX,
  SILENT_DEGRADED_MS,
  SOUND_PAUSE_MS,
  VIDEO_FLOWS_MS,
} from '../tuning.ts'
import { isIdle, type NodeConnection } from './connection.ts'
import type { Arrivals } from './silence-detector.ts'

/** The last packet of one track. `atMs`: our clock. */
type LastPacket = {
  /** Its RTP timestamp. */
  stamp: number
  atMs: number
  kind: Track.Kind
  /** From a screen share, which sends nothing for seconds while its content does not change. */
  still: boolean
  /** From before its connection began to serve, so it proves nothing about what arrives now. */
  stale?: boolean
}

/** Whether missing packets of the track are a sign that the node hangs. */
const showsSilence = ({ still, stale }: LastPacket) => !still && !stale

/**
 * Watches whether media arrives, track by track, because a node that hangs closes no socket. Silence never gives a node
 * up; it only starts the standby and a call of `rejoin`.
 */
export class MediaMonitor {
  readonly #packets = new Map<string, LastPacket>()
  readonly #connections: () => readonly NodeConnection[]
  readonly #onSample: (nowMs: number, changed: boolean) => void
  #timer: ReturnType<typeof setTimeout> | undefined
  /** An idle standby, which receives hardly any media, is read in every second sample. */
  #odd = false

  /** `onSample` is called after each regular sample; `changed`: a track has begun or ceased to arrive. */
  constructor(
    connections: () => readonly NodeConnection[],
    onSample: (nowMs: number, changed: boolean) => void,
  ) {
    this.#connections = connections
    this.#onSample = onSample
  }

  start(): void {
    if (this.#timer === undefined) this.#schedule(this.#pauseMs(Date.now()))
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /**
   * Something has happened: samples as soon as the current task is done, and again when that can show whether media
   * still arrives. Other work goes first, because reading a receiver blocks the page until the browser's media thread
   * has time.
   */
  sampleSoon(): void {
    if (this.#timer === undefined) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#sample(Date.now())
      this.#schedule(SILENT_DEGRADED_MS)
    })
  }

  #schedule(afterMs: number): void {
    this.#timer = setTimeout(() => {
      const nowMs = Date.now()
      const changed = this.#sample(nowMs)
      this.#schedule(this.#pauseMs(nowMs))
      this.#onSample(nowMs, changed)
    }, afterMs)
  }

  #pauseMs(nowMs: number): number {
    if (this.#connections().filter(isRead).length < 2) return MEDIA_SAMPLE_SINGLE_MS
    const packets = [...this.#packets.values()].filter(showsSilence)
    const quiet = packets.every(({ atMs }) => atMs < nowMs)
    // With voices only, pauses are usual.
    return quiet && packets.some(({ kind }) => kind === Track.Kind.Video)
      ? MEDIA_SAMPLE_QUIET_MS
      : MEDIA_SAMPLE_MS
  }

  /** Returns whether a track has begun or ceased to arrive. */
  #sample(nowMs: number): boolean {
    const before = this.#packets.size
    let begun = false
    const kept = new Set<string>()
    this.#odd = !this.#odd
    for (const connection of this.#connections()) {
      const skipped = this.#odd && isIdle(connection)
      for (const publication of flowingOn(connection)) {
        kept.add(publication.trackSid)
        if (!skipped) begun = this.#read(publication, nowMs) || begun
      }
    }
    for (const sid of this.#packets.keys()) if (!kept.has(sid)) this.#packets.delete(sid)
    return begun || this.#packets.size !== before
  }

  #read({ trackSid, track, source }: RemoteTrackPublication, nowMs: number): boolean {
    const sources = track?.receiver?.getSynchronizationSources() ?? []
    let stamp = 0
    for (const { timestamp } of sources) stamp = Math.max(stamp, timestamp)
    const last = this.#packets.get(trackSid)
    if (stamp === 0 || last?.stamp === stamp) return false
    const kind = track?.kind === Track.Kind.Video ? Track.Kind.Video : Track.Kind.Audio
    const still = source === Track.Source.ScreenShare || source === Track.Source.ScreenShareAudio
    this.#packets.set(trackSid, { stamp, atMs: nowMs, kind, still })
    return last === undefined || last.stale === true
  }

  /** Whether sound of this track has arrived since it was last unmuted, or since its connection began to serve. */
  hasSound(trackSid: string): boolean {
    const last = this.#packets.get(trackSid)
    return last?.kind === Track.Kind.Audio && !last.stale
  }

  /** Whether this track arrives at the moment. */
  flows(trackSid: string, nowMs: number): boolean {
    const last = this.#packets.get(trackSid)
    if (!last) return false
    return nowMs - last.atMs < (last.kind === Track.Kind.Video ? VIDEO_FLOWS_MS : SOUND_PAUSE_MS)
  }

  /**
   * A standby is about to serve: tracks that arrived there before and do not arrive now no longer count. Returns their
   * ids.
   */
  markStale({ room }: NodeConnection, nowMs: number): string[] {
    const sids = [...room.remoteParticipants.values()]
      .flatMap(({ trackPublications }) => [...trackPublications.keys()])
      .filter((sid) => !this.flows(sid, nowMs))
    for (const sid of sids) {
      const last = this.#packets.get(sid)
      if (last) last.stale = true
    }
    return sids
  }

  /** How media arrives, by connection; none where no track should flow. Standbys are left out: nothing is sent there. */
  arrivals(connections: readonly NodeConnection[], nowMs: number): Map<number, Arrivals> {
    const arrivals = new Map<number, Arrivals>()
    for (const connection of connections) {
      const packets = connection.role === 'standby' ? [] : this.#significant(connection)
      if (packets.length === 0) continue
      arrivals.set(connection.id, {
        quietForMs: nowMs - Math.max(...packets.map(({ atMs }) => atMs)),
        several: packets.length > 1 && packets.some(({ kind }) => kind === Track.Kind.Video),
      })
    }
    return arrivals
  }

  #significant(connection: NodeConnection): LastPacket[] {
    return flowingOn(connection)
      .flatMap(({ trackSid }) => this.#packets.get(trackSid) ?? [])
      .filter(showsSilence)
      .slice(0, SILENCE_TRACKS_MAX)
  }
}

/**
 * Nothing is expected from a connection that is given up. Reading a receiver blocks the page until the browser's media
 * thread has time, and the new connection needs both.
 */
const isRead = ({ link, role, silent, unreachable }: NodeConnection): boolean =>
  link !== 'closed' && !unreachable && !(role === 'previous' && silent)

/** The tracks that others send to this connection and that the node does not hold back. */
function flowingOn(connection: NodeConnection): RemoteTrackPublication[] {
  if (!isRead(connection)) return []
  return [...connection.room.remoteParticipants.values()].flatMap((participant) =>
    ([...participant.trackPublications.values()] as RemoteTrackPublication[]).filter(
      ({ track, isMuted, isEnabled }) =>
        track !== undefined && !isMuted && isEnabled && track.streamState === Track.StreamState.Active,
    ),
  )
}
