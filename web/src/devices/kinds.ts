/** What a person can turn on and off. */
export type Kind = 'microphone' | 'camera'

/** Tracks that leave the preview for the meeting: no second prompt, no flicker. */
export type HandedOver = {
  microphone?: MediaStreamTrack
  camera?: MediaStreamTrack
  /** Turned on, but at the click on Join the browser was still opening them or waiting for permission. */
  pending: readonly Kind[]
  speakerId: string
}
