/** What a person can turn on and off. */
export type Kind = 'microphone' | 'camera'

/** Tracks that leave the preview for the meeting: no second prompt, no flicker. */
export type HandedOver = {
  microphone?: MediaStreamTrack
  camera?: MediaStreamTrack
  /** Wanted, but the browser was still opening them (or asking the person) at the click on Join. */
  pending: readonly Kind[]
  speakerId: string
}
