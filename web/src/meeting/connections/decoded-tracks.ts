import { RoomEvent } from 'livekit-client'
import { FRAMES_DECODED } from '../tuning.ts'
import type { NodeConnection } from './connection.ts'

/** Which videos are decoded, by track id. */
export class DecodedTracks {
  readonly #frames = new Map<string, number>()

  /** A track that was muted has to show new frames before it counts again. */
  attach({ room, cleanups }: NodeConnection): void {
    const onMuted = ({ trackSid }: { trackSid: string }) => this.reset(trackSid)
    room.on(RoomEvent.TrackMuted, onMuted)
    cleanups.push(() => room.off(RoomEvent.TrackMuted, onMuted))
  }

  has(trackSid: string): boolean {
    return (this.#frames.get(trackSid) ?? 0) >= FRAMES_DECODED
  }

  /** One more frame was shown. Returns whether the track has just begun to count as decoded. */
  addFrame(trackSid: string): boolean {
    const frames = (this.#frames.get(trackSid) ?? 0) + 1
    this.#frames.set(trackSid, frames)
    return frames === FRAMES_DECODED
  }

  /** If there is nothing else to show, the first frame is enough. Returns whether the track has just begun to count. */
  acceptFirstFrame(trackSid: string): boolean {
    const before = this.has(trackSid)
    this.#frames.set(trackSid, FRAMES_DECODED)
    return !before
  }

  /** The track counts again only after new frames. */
  reset(trackSid: string): void {
    this.#frames.delete(trackSid)
  }
}
