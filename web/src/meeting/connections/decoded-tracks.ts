/** A first frame may stand still until the decoder has caught up; from this one on it moves. */
const ENOUGH = 4

/** Which pictures really decode, by track id. */
export class DecodedTracks {
  readonly #frames = new Map<string, number>()

  has(trackSid: string): boolean {
    return (this.#frames.get(trackSid) ?? 0) >= ENOUGH
  }

  /** One more frame was shown. Says whether it now decodes and did not before. */
  frame(trackSid: string): boolean {
    const frames = (this.#frames.get(trackSid) ?? 0) + 1
    this.#frames.set(trackSid, frames)
    return frames === ENOUGH
  }

  /** Where there is nothing else to show, the first frame is enough. */
  first(trackSid: string): boolean {
    const before = this.has(trackSid)
    this.#frames.set(trackSid, ENOUGH)
    return !before
  }

  /** Muted, or paused on a standby: it has to show itself anew. */
  reset(trackSid: string): void {
    this.#frames.delete(trackSid)
  }
}
