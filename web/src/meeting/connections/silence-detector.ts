import {
  FALSE_ALARM_DOUBLINGS_MAX,
  FALSE_ALARM_MS,
  SILENT_WITHOUT_STANDBY_MS,
  SILENT_DEGRADED_MS,
  SILENT_WITH_STANDBY_MS,
  SOUND_PAUSE_MS,
} from '../tuning.ts'

/** How media arrives on a connection. */
export type Arrivals = {
  /** Since the last packet of any track that should flow. */
  quietForMs: number
  /** More than one track, and a video among them: a pause of one speaker does not stop them all. */
  several: boolean
}

type Circumstances = {
  /** The signal socket is down too. */
  degraded: boolean
  /** There is another connection to switch to. */
  hasAlternative: boolean
  /** Factor by which the silence has to last longer than usual. */
  patience: number
}

/** Whether this long without a packet means more than a pause. */
export function isSilent(
  { quietForMs, several }: Arrivals,
  { degraded, hasAlternative, patience }: Circumstances,
): boolean {
  const usualMs = (hasAlternative ? SILENT_WITH_STANDBY_MS : SILENT_WITHOUT_STANDBY_MS) * patience
  const limitMs = degraded ? SILENT_DEGRADED_MS : usualMs
  return quietForMs >= (several ? limitMs : Math.max(limitMs, SOUND_PAUSE_MS))
}

/** The false alarms that are recent enough to count. */
export const recentAlarms = (alarmsMs: readonly number[], nowMs: number): readonly number[] =>
  alarmsMs.some((atMs) => nowMs - atMs > FALSE_ALARM_MS)
    ? alarmsMs.filter((atMs) => nowMs - atMs <= FALSE_ALARM_MS)
    : alarmsMs

/** After false alarms silence has to last longer, because switching would load a busy machine even more. */
export const patienceAfter = (alarms: number): number => 2 ** Math.min(alarms, FALSE_ALARM_DOUBLINGS_MAX)
