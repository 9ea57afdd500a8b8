// Sums on what the meters of the pages recorded: how long somebody saw or heard nothing new.
import type { Reading } from './meter.ts'

/** Milliseconds since 1970. */
export interface Span {
  fromMs: number
  toMs: number
}

/** What one person got of another around a fault. */
export interface Stretch {
  /** Longest time without anything new. */
  gapMs: number
  /** From the beginning of the window to the end of the last gap that a person notices; 0 when there was none. */
  restoredMs: number
}

export const lengthMs = ({ fromMs, toMs }: Span): number => toMs - fromMs

/** The pauses between spans that reach into the window; one before or after all spans ends at its edge. */
export function gapsOf(spans: readonly Span[], window: Span): Span[] {
  const sorted = spans.toSorted((a, b) => a.fromMs - b.fromMs)
  const gaps: Span[] = []
  // What was before the window began ends the first gap's search: a gap is as long as it was, not as the window shows.
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

export function stretchOf(gaps: readonly Span[], window: Span, noticedMs: number): Stretch {
  const noticed = gaps.filter((gap) => lengthMs(gap) > noticedMs)
  return {
    gapMs: Math.max(0, ...gaps.map(lengthMs)),
    restoredMs: Math.max(0, ...noticed.map(({ toMs }) => toMs - window.fromMs)),
  }
}

export const picturesOf = ({ frames }: Reading, identity: string, source: string): Span[] =>
  (frames[`${identity}/${source}`] ?? []).map((ms) => ({ fromMs: ms, toMs: ms }))

/** When this person was heard: their track was loud while an element let it out. One list for each track. */
function voicesOf({ loud, open }: Reading, identity: string): Map<string, Span[]> {
  const voices = new Map<string, Span[]>()
  for (const { identity: whose, track, ...span } of open) {
    if (whose !== identity) continue
    const heard = (loud[track] ?? []).flatMap((one) => {
      const both = { fromMs: Math.max(one.fromMs, span.fromMs), toMs: Math.min(one.toMs, span.toMs) }
      return lengthMs(both) > 0 ? [both] : []
    })
    voices.set(track, [...(voices.get(track) ?? []), ...heard])
  }
  return voices
}

export const soundOf = (reading: Reading, identity: string): Span[] =>
  [...voicesOf(reading, identity).values()].flat()

/** How long two copies of a person’s voice were heard at once. */
export function echoMs(reading: Reading, identity: string, window: Span): number {
  const edges = [...voicesOf(reading, identity).values()].flat().flatMap(({ fromMs, toMs }) => [
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
