import { Track, type RemoteTrackPublication } from 'livekit-client'
import type { NodeConnection } from './connection.ts'

/** Between two looks while there is something to switch to, and else. */
const LOOK_MS = 100
const SELDOM_MS = 500
/** After a look at which no picture and no voice had unreachable on: there may be something to notice. */
const QUIET_MS = 50
/**
 * So long without a packet of anything that should flow, and a standby is tried; without one, we ask. A packet has come
 * up to one look before it is seen, so that it is 300 ms on the average.
 */
const SILENT_MS = 250
const SILENT_COLD_MS = 1_000
/** When the socket has closed too, this is enough: what is sent there goes nowhere and costs the standby its start. */
const SILENT_SHAKY_MS = 100
/** A voice in a pause sends a packet each 400 ms; a still screen sends none for seconds, so it proves nothing. */
const SOUND_PAUSE_MS = 900
/** A picture of few frames a second still flows. */
const STILL_FLOWS_MS = 300
/** As many tell whether a node is alive; looking at all of a hundred would cost more than it finds. */
const ENOUGH = 8

/** When RTP of one track last came, by our clock. */
type LastPacket = {
  stamp: number
  atMs: number
  kind: Track.Kind
  still: boolean
  /** From before its connection took over: it says nothing about what comes now. */
  old?: boolean
}

/** When it stays away, that says something about the node. */
const tellsSilence = ({ still, old }: LastPacket) => !still && !old

/**
 * Listens whether media really comes, track by track: a node that hangs closes no socket. SilenceDetector alone gives no
 * node up; it makes us try the standby and ask.
 */
export class MediaMonitor {
  readonly #beats = new Map<string, LastPacket>()
  readonly #connections: () => readonly NodeConnection[]
  readonly #onLook: (news: boolean) => void
  #timer: ReturnType<typeof setTimeout> | undefined
  /** A standby, where hardly anything ever comes, is looked at every second time. */
  #odd = false

  /** `onLook` is called after each look, with its answer. */
  constructor(connections: () => readonly NodeConnection[], onLook: (news: boolean) => void) {
    this.#connections = connections
    this.#onLook = onLook
  }

  start(): void {
    if (this.#timer === undefined) this.#lookIn(this.#pauseMs(Date.now()))
  }

  /**
   * Something has happened: looks at once, and again as soon as that can say whether media still comes. What else is to
   * be done goes first, because a look cleanups the page until the browser's media thread has time.
   */
  hurry(): void {
    if (this.#timer === undefined) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.look(Date.now())
      this.#lookIn(SILENT_SHAKY_MS)
    })
  }

  #lookIn(afterMs: number): void {
    this.#timer = setTimeout(() => {
      const nowMs = Date.now()
      const news = this.look(nowMs)
      this.#lookIn(this.#pauseMs(nowMs))
      this.#onLook(news)
    }, afterMs)
  }

  #pauseMs(nowMs: number): number {
    // Of two of which one is given up there is nothing to choose from.
    if (this.#connections().filter(isAsked).length < 2) return SELDOM_MS
    const beats = [...this.#beats.values()].filter(tellsSilence)
    const quiet = beats.every(({ atMs }) => atMs < nowMs)
    // Where there are voices alone, pauses are usual.
    return quiet && beats.some(({ kind }) => kind === Track.Kind.Video) ? QUIET_MS : LOOK_MS
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** Says whether a track has begun or ended to come. */
  look(nowMs: number): boolean {
    const before = this.#beats.size
    let begun = false
    const kept = new Set<string>()
    this.#odd = !this.#odd
    for (const connection of this.#connections()) {
      const spared = this.#odd && connection.role === 'standby' && !connection.promoted
      for (const publication of flowingOf(connection)) {
        kept.add(publication.trackSid)
        if (!spared) begun = this.#feel(publication, nowMs) || begun
      }
    }
    for (const sid of this.#beats.keys()) if (!kept.has(sid)) this.#beats.delete(sid)
    return begun || this.#beats.size !== before
  }

  /** Sound of this track has come since it was last unmuted, or its connection took over. */
  hears(trackSid: string): boolean {
    const beat = this.#beats.get(trackSid)
    return beat?.kind === Track.Kind.Audio && !beat.old
  }

  /** A standby is about to serve: what came there and does not come now counts no more. Gives those track ids. */
  forget({ room }: NodeConnection, nowMs: number): string[] {
    const sids = [...room.remoteParticipants.values()]
      .flatMap(({ trackPublications }) => [...trackPublications.keys()])
      .filter((sid) => !this.flows(sid, nowMs))
    for (const sid of sids) {
      const beat = this.#beats.get(sid)
      if (beat) beat.old = true
    }
    return sids
  }

  /** This track flows at this moment. */
  flows(trackSid: string, nowMs: number): boolean {
    const beat = this.#beats.get(trackSid)
    return (
      beat !== undefined &&
      nowMs - beat.atMs < (beat.kind === Track.Kind.Video ? STILL_FLOWS_MS : SOUND_PAUSE_MS)
    )
  }

  /**
   * undefined: nothing should flow, so nothing can be said. `warm`: there is a standby to try. `patience`: how many
   * times as long as usual; after a false alarm.
   */
  silent(connection: NodeConnection, nowMs: number, warm: boolean, patience = 1): boolean | undefined {
    const beats = flowingOf(connection)
      .flatMap(({ trackSid }) => this.#beats.get(trackSid) ?? [])
      .filter(tellsSilence)
      .slice(0, ENOUGH)
    if (beats.length === 0) return undefined
    const usualMs = (warm ? SILENT_MS : SILENT_COLD_MS) * patience
    const enoughMs = connection.link === 'degraded' ? SILENT_SHAKY_MS : usualMs
    // Several streams that stop at once are no pause of a speaker; a single one may be.
    const several = beats.length > 1 && beats.some(({ kind }) => kind === Track.Kind.Video)
    const limitMs = several ? enoughMs : Math.max(enoughMs, SOUND_PAUSE_MS)
    return beats.every(({ atMs }) => nowMs - atMs >= limitMs)
  }

  #feel({ trackSid, track, source }: RemoteTrackPublication, nowMs: number): boolean {
    const sources = track?.receiver?.getSynchronizationSources() ?? []
    let stamp = 0
    for (const { timestamp } of sources) stamp = Math.max(stamp, timestamp)
    const beat = this.#beats.get(trackSid)
    if (stamp === 0 || beat?.stamp === stamp) return false
    const kind = track?.kind === Track.Kind.Video ? Track.Kind.Video : Track.Kind.Audio
    this.#beats.set(trackSid, {
      stamp,
      atMs: nowMs,
      kind,
      still: source === Track.Source.ScreenShare || source === Track.Source.ScreenShareAudio,
    })
    return beat === undefined || beat.old === true
  }
}

/**
 * Of a place that is given up nothing is awaited: to ask a receiver cleanups the page until the browser's media thread has
 * time, and the new place needs both.
 */
const isAsked = ({ link, role, silent, unreachable }: NodeConnection): boolean =>
  link !== 'closed' && !unreachable && !(role === 'previous' && silent)

/** What others send to this connection and what the node does not hold back. */
function flowingOf(connection: NodeConnection): RemoteTrackPublication[] {
  if (!isAsked(connection)) return []
  const { room } = connection
  return [...room.remoteParticipants.values()].flatMap((participant) =>
    ([...participant.trackPublications.values()] as RemoteTrackPublication[]).filter(
      ({ track, isMuted, isEnabled }) =>
        track !== undefined && !isMuted && isEnabled && track.streamState === Track.StreamState.Active,
    ),
  )
}
