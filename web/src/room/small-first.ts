import { RoomEvent, Track, VideoQuality, type RemoteTrackPublication } from 'livekit-client'
import type { Slot } from './slot.ts'

/** After this long in service nobody waits for a picture any more. */
const CALM_MS = 2_000

/**
 * After a crash pictures are taken small, and large some time after the new place has had to serve. In that second a
 * busy machine decodes a quarter of the pixels, and a browser that takes the rush for a thin line stops the large layer
 * only: who watches that one sees it stand still until LiveKit notices, up to a second later for a camera and two for a
 * shared film. A film is taken small after a planned move as well, where a camera’s large layer hardly ever stops.
 */
export class SmallFirst {
  readonly #followed = new Map<Slot, Followed>()

  /**
   * A slot opens that is not the first; each track that comes is asked for in the size of that moment. `cameras`: theirs
   * too, not films alone.
   */
  follow(slot: Slot, cameras: boolean): void {
    const followed: Followed = { cameras, small: true, servesSinceMs: undefined }
    this.#followed.set(slot, followed)
    const onSubscribed = (_: unknown, publication: RemoteTrackPublication) => {
      if (followed.small && concerns(followed, publication)) publication.setVideoQuality(VideoQuality.LOW)
    }
    slot.room.on(RoomEvent.TrackSubscribed, onSubscribed)
    slot.stops.push(() => {
      slot.room.off(RoomEvent.TrackSubscribed, onSubscribed)
      this.#followed.delete(slot)
    })
  }

  look(nowMs: number): void {
    for (const [slot, followed] of this.#followed) {
      const serves = slot.role !== 'standby' || slot.leads
      followed.servesSinceMs = serves ? (followed.servesSinceMs ?? nowMs) : undefined
      const wanted = followed.servesSinceMs === undefined || nowMs - followed.servesSinceMs < CALM_MS
      if (wanted === followed.small) continue
      followed.small = wanted
      for (const { trackPublications } of slot.room.remoteParticipants.values())
        for (const publication of trackPublications.values() as Iterable<RemoteTrackPublication>)
          if (publication.isDesired && concerns(followed, publication))
            publication.setVideoQuality(wanted ? VideoQuality.LOW : VideoQuality.HIGH)
    }
  }
}

type Followed = {
  readonly cameras: boolean
  small: boolean
  /** Undefined while it only stands ready. */
  servesSinceMs: number | undefined
}

function concerns({ cameras }: Followed, { source, simulcasted }: RemoteTrackPublication): boolean {
  if (source === Track.Source.Camera) return cameras
  // A shared text has one size.
  return source === Track.Source.ScreenShare && simulcasted === true
}
