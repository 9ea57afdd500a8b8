// What the meter in a page records. All times are milliseconds since 1970.

export interface Span {
  fromMs: number
  toMs: number
}

/** When an audio element played this track with its volume up; `toMs` is the time of reading if it still does. */
export interface AudibleSpan extends Span {
  identity: string
  track: string
}

export interface Recording {
  atMs: number
  /** Times of shown frames by `identity/source`. */
  frames: Record<string, number[]>
  /** Loud spans by track, whether or not an element plays it. */
  loud: Record<string, Span[]>
  audible: AudibleSpan[]
}
