import { RoomEvent, Track, VideoQuality, type RemoteTrackPublication } from 'livekit-client'
import type { Slot } from './slot.ts'

/** After this long on the connection that was a standby, nobody waits for a picture any more. */
const CALM_MS = 2_000

/**
 * Pictures are taken small from a standby, and large some time after it has had to serve. In the second after a crash a
 * busy machine encodes and decodes a quarter of the pixels, and a browser that takes the rush for a thin line stops the
 * large layer only: who watches that one sees it stand still until LiveKit notices, up to a second later for a camera
 * and two for a shared film. A film is taken small after a planned move as well, where a camera’s large layer hardly
 * ever stops.
 */
export class SmallFirst {
  readonly #small = new Map<Slot, boolean>()
  /** Slots that opened as standby. */
  readonly #stood = new WeakSet<Slot>()
  /** Since this one serves. */
  readonly #servesSinceMs = new Map<Slot, number>()

  /** A slot opens that is not the first; each track that comes is asked for in the size of that moment. */
  follow(slot: Slot): void {
    this.#small.set(slot, true)
    if (slot.role === 'standby') this.#stood.add(slot)
    const onSubscribed = (_: unknown, publication: RemoteTrackPublication) => {
      if (this.#small.get(slot) && this.#concerns(slot, publication))
        publication.setVideoQuality(VideoQuality.LOW)
    }
    slot.room.on(RoomEvent.TrackSubscribed, onSubscribed)
    slot.stops.push(() => {
      slot.room.off(RoomEvent.TrackSubscribed, onSubscribed)
      this.#small.delete(slot)
      this.#servesSinceMs.delete(slot)
    })
  }

  look(nowMs: number): void {
    for (const [slot, small] of this.#small) {
      const serves = slot.role !== 'standby' || slot.leads
      const sinceMs = serves ? (this.#servesSinceMs.get(slot) ?? nowMs) : undefined
      if (sinceMs === undefined) this.#servesSinceMs.delete(slot)
      else this.#servesSinceMs.set(slot, sinceMs)
      const wanted = sinceMs === undefined || nowMs - sinceMs < CALM_MS
      if (wanted === small) continue
      this.#small.set(slot, wanted)
      for (const { trackPublications } of slot.room.remoteParticipants.values())
        for (const publication of trackPublications.values() as Iterable<RemoteTrackPublication>)
          if (publication.isDesired && this.#concerns(slot, publication))
            publication.setVideoQuality(wanted ? VideoQuality.LOW : VideoQuality.HIGH)
    }
  }

  #concerns(slot: Slot, { source, simulcasted }: RemoteTrackPublication): boolean {
    if (source === Track.Source.Camera) return this.#stood.has(slot)
    // A shared text has one size.
    return source === Track.Source.ScreenShare && simulcasted === true
  }
}
