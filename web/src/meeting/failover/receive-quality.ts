import {
  RoomEvent,
  Track,
  VideoQuality,
  type RemoteParticipant,
  type RemoteTrackPublication,
} from 'livekit-client'
import type { NodeConnection } from '../connections/connection.ts'
import { FULL_QUALITY_AFTER_MS } from '../tuning.ts'
import { staggerMs } from './stagger.ts'

/**
 * After a crash, video is received in its small size, and in its large size some time after the new node has begun to
 * serve. In that second a busy machine decodes a quarter of the pixels. A sender's browser that mistakes the burst for
 * low bandwidth stops only the large layer, and a receiver of that layer sees a frozen picture until LiveKit notices,
 * up to a second later for a camera and two for a shared film. A film is also received small after a planned move,
 * where the large layer of a camera hardly ever stops.
 */
export class ReceiveQuality {
  readonly #followed = new Map<NodeConnection, Followed>()

  /**
   * A connection opens: each track that arrives is requested in the size of that moment. `cameras`: also those of
   * cameras, not only of films.
   */
  follow(connection: NodeConnection, cameras: boolean): void {
    const followed: Followed = { cameras, large: new Set(), all: false, servesSinceMs: undefined }
    this.#followed.set(connection, followed)
    const onSubscribed = (
      _: unknown,
      publication: RemoteTrackPublication,
      { identity }: Pick<RemoteParticipant, 'identity'>,
    ) => {
      if (!followed.all && !followed.large.has(identity) && concerns(followed, publication))
        publication.setVideoQuality(VideoQuality.LOW)
    }
    connection.room.on(RoomEvent.TrackSubscribed, onSubscribed)
    connection.cleanups.push(() => {
      connection.room.off(RoomEvent.TrackSubscribed, onSubscribed)
      this.#followed.delete(connection)
    })
  }

  /** `serving`: ids of the connections that are not idle. */
  update(nowMs: number, serving: ReadonlySet<number>): void {
    for (const [connection, followed] of this.#followed) {
      const serves = serving.has(connection.id)
      followed.servesSinceMs = serves ? (followed.servesSinceMs ?? nowMs) : undefined
      if (followed.servesSinceMs === undefined) shrink(connection, followed)
      else if (!followed.all)
        enlarge(connection, followed, nowMs - followed.servesSinceMs - FULL_QUALITY_AFTER_MS)
    }
  }
}

/** Requests all sizes small again, because another connection serves. */
function shrink({ room }: NodeConnection, followed: Followed): void {
  if (!followed.all && followed.large.size === 0) return
  followed.all = false
  followed.large.clear()
  for (const person of room.remoteParticipants.values()) request(person, followed, VideoQuality.LOW)
}

/**
 * One sender after the other, in the same order for every receiver: starting the second size for all at once would
 * freeze the video of a busy machine again.
 */
function enlarge({ room }: NodeConnection, followed: Followed, dueForMs: number): void {
  const everyone = [room.localParticipant.identity, ...room.remoteParticipants.keys()]
  let waiting = dueForMs < 0
  for (const [identity, person] of room.remoteParticipants) {
    if (followed.large.has(identity)) continue
    const others = everyone.filter((other) => other !== identity)
    if (staggerMs(identity, others) > dueForMs) {
      waiting = true
      continue
    }
    followed.large.add(identity)
    request(person, followed, VideoQuality.HIGH)
  }
  followed.all = !waiting
}

function request({ trackPublications }: RemoteParticipant, followed: Followed, quality: VideoQuality): void {
  for (const publication of trackPublications.values() as Iterable<RemoteTrackPublication>)
    if (publication.isDesired && concerns(followed, publication)) publication.setVideoQuality(quality)
}

type Followed = {
  readonly cameras: boolean
  /** Identities whose pictures are received large by now. */
  readonly large: Set<string>
  /** All pictures are received large, also those of participants who join from now on. */
  all: boolean
  /** Undefined while it does not serve. */
  servesSinceMs: number | undefined
}

function concerns({ cameras }: Followed, { source, simulcasted }: RemoteTrackPublication): boolean {
  if (source === Track.Source.Camera) return cameras
  // A shared text has one size.
  return source === Track.Source.ScreenShare && simulcasted === true
}
