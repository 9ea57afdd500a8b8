// Computes how long a participant saw or heard nothing new, from the recordings of the meters in the pages.
import type { Recording, Span } from './recording.ts'

/** The interruption of one participant's media for another around a fault. */
export interface Interruption {
  /** Longest time without anything new. */
  gapMs: number
  /** From the start of the window to the end of the last noticeable gap; 0 if there was none. */
  restoredMs: number
}

export const lengthMs = ({ fromMs, toMs }: Span): number => toMs - fromMs

/** Pauses between spans that reach into the window. A pause before the first or after the last span ends at its edge. */
export function gapsOf(spans: readonly Span[], window: Span): Span[] {
  const sorted = spans.toSorted((a, b) => a.fromMs - b.fromMs)
  const gaps: Span[] = []
  // A gap that started before the window has its whole length.
  let sinceMs = Math.max(
    Number.NEGATIVE_INFINITY,
    ...sorted.flatMap(({ fromMs, toMs }) => (fromMs < window.fromMs ? [Math.min(toMs, window.toMs)] : [])),
  )
  if (sinceMs === Number.NEGATIVE_INFINITY) sinceMs = window.fromMs
  for (const { fromMs, toMs } of sorted) {
    if (fromMs < window.fromMs) continue
    if (fromMs >= window.toMs) break
    if (fromMs > sinceMs) gaps.push({ fromMs: sinceMs, toMs: fromMs })
    sinceMs = Math.max(sinceMs, toMs)
  }
  if (sinceMs < window.toMs) gaps.push({ fromMs: sinceMs, toMs: window.toMs })
  return gaps
}

/** `noticedMs`: shorter gaps are not noticeable. */
export function interruptionOf(gaps: readonly Span[], window: Span, noticedMs: number): Interruption {
  const noticed = gaps.filter((gap) => lengthMs(gap) > noticedMs)
  return {
    gapMs: Math.max(0, ...gaps.map(lengthMs)),
    restoredMs: Math.max(0, ...noticed.map(({ toMs }) => toMs - window.fromMs)),
  }
}

export const picturesOf = ({ frames }: Recording, identity: string, source: string): Span[] =>
  (frames[`${identity}/${source}`] ?? []).map((ms) => ({ fromMs: ms, toMs: ms }))

/** Spans in which this participant was heard, by track: the track was loud while an element played it. */
function heardByTrack({ loud, audible }: Recording, identity: string): Map<string, Span[]> {
  const heard = new Map<string, Span[]>()
  for (const { identity: whose, track, ...span } of audible) {
    if (whose !== identity) continue
    const spans = (loud[track] ?? []).flatMap((one) => {
      const both = { fromMs: Math.max(one.fromMs, span.fromMs), toMs: Math.min(one.toMs, span.toMs) }
      return lengthMs(both) > 0 ? [both] : []
    })
    heard.set(track, [...(heard.get(track) ?? []), ...spans])
  }
  return heard
}

export const soundOf = (recording: Recording, identity: string): Span[] =>
  [...heardByTrack(recording, identity).values()].flat()

/** Milliseconds in which two copies of a participant's voice were heard at the same time. */
export function echoMs(recording: Recording, identity: string, window: Span): number {
  const edges = soundOf(recording, identity).flatMap(({ fromMs, toMs }) => [
    { ms: Math.max(fromMs, window.fromMs), step: 1 },
    { ms: Math.max(Math.min(toMs, window.toMs), window.fromMs), step: -1 },
  ])
  let copies = 0
  let sinceMs = 0
  let sum = 0
  for (const { ms, step } of edges.toSorted((a, b) => a.ms - b.ms || a.step - b.step)) {
    if (copies > 1) sum += Math.max(0, ms - sinceMs)
    copies += step
    sinceMs = ms
  }
  return sum
}
