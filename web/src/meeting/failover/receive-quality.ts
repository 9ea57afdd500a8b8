import {
  RoomEvent,
  Track,
  VideoQuality,
  type RemoteParticipant,
  type RemoteTrackPublication,
} from 'livekit-client'
import { staggerMs } from './stagger.ts'
import type { NodeConnection } from '../connections/connection.ts'

/** After this long in service nobody pending for a picture any more. */
const CALM_MS = 2_000

/**
 * After a crash pictures are taken small, and large some time after the new place has had to serve. In that second a
 * busy machine decodes a quarter of the pixels, and a browser that takes the rush for a thin link cleanups the large layer
 * only: who watches that one sees it stand still until LiveKit notices, up to a second later for a camera and two for a
 * shared film. A film is taken small after a planned move as well, where a camera’s large layer hardly ever cleanups.
 */
export class ReceiveQuality {
  readonly #followed = new Map<NodeConnection, Followed>()

  /**
   * A connection opens that is not the first; each track that comes is asked for in the size of that moment. `cameras`: theirs
   * too, not films alone.
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

  look(nowMs: number): void {
    for (const [connection, followed] of this.#followed) {
      const serves = connection.role !== 'standby' || connection.promoted
      followed.servesSinceMs = serves ? (followed.servesSinceMs ?? nowMs) : undefined
      if (followed.servesSinceMs === undefined) shrink(connection, followed)
      else if (!followed.all) enlarge(connection, followed, nowMs - followed.servesSinceMs - CALM_MS)
    }
  }
}

/** All small again: somebody else serves. */
function shrink({ room }: NodeConnection, followed: Followed): void {
  if (!followed.all && followed.large.size === 0) return
  followed.all = false
  followed.large.clear()
  for (const person of room.remoteParticipants.values()) ask(person, followed, VideoQuality.LOW)
}

/**
 * One sender after the other, for everybody in the same order: all at once, encoders and decoders that begin a second
 * size would stop the pictures of a busy machine once more.
 */
function enlarge({ room }: NodeConnection, followed: Followed, calmForMs: number): void {
  const everybody = [room.localParticipant.identity, ...room.remoteParticipants.keys()]
  let waiting = calmForMs < 0
  for (const [identity, person] of room.remoteParticipants) {
    if (followed.large.has(identity)) continue
    const others = everybody.filter((other) => other !== identity)
    if (staggerMs(identity, others) > calmForMs) {
      waiting = true
      continue
    }
    followed.large.add(identity)
    ask(person, followed, VideoQuality.HIGH)
  }
  followed.all = !waiting
}

function ask({ trackPublications }: RemoteParticipant, followed: Followed, quality: VideoQuality): void {
  for (const publication of trackPublications.values() as Iterable<RemoteTrackPublication>)
    if (publication.isDesired && concerns(followed, publication)) publication.setVideoQuality(quality)
}

type Followed = {
  readonly cameras: boolean
  /** Whose pictures are taken large by now. */
  readonly large: Set<string>
  /** Everybody’s, and whoever comes. */
  all: boolean
  /** Undefined while it only stands ready. */
  servesSinceMs: number | undefined
}

function concerns({ cameras }: Followed, { source, simulcasted }: RemoteTrackPublication): boolean {
  if (source === Track.Source.Camera) return cameras
  // A shared text has one size.
  return source === Track.Source.ScreenShare && simulcasted === true
}
