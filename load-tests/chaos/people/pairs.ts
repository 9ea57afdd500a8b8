// The interruptions between every pair of participants of a meeting.
import { until } from '@levee/deploy/until'
import { type Interruption, echoMs, gapsOf, interruptionOf, picturesOf, soundOf } from '../measure/gaps.ts'
import type { Recording, Span } from '../measure/recording.ts'
import { METER_DELAY_MS, METER_HISTORY_MS, NOTICED_MS, STABLE_CHECK_MS } from '../tuning.ts'
import { readMeter } from './browser.ts'
import type { Meeting, Person } from './meeting.ts'

/** What `to` missed of `from`. */
export interface Pair {
  to: string
  from: string
  picture: Interruption
  sound: Interruption
  echoMs: number
  share?: Interruption
}

/** Every pair of receiver and sender in this window, which ends when the meters are read at the latest. */
export async function readPairs(
  { people }: Meeting,
  { fromMs, toMs = Number.POSITIVE_INFINITY }: { fromMs: number; toMs?: number },
  sharer?: Person,
): Promise<Pair[]> {
  const recordings = await Promise.all(people.map(({ page }) => readMeter(page, fromMs - METER_HISTORY_MS)))
  return people.flatMap((to, index) => {
    const recording = recordings[index]!
    const window = { fromMs, toMs: Math.min(toMs, recording.atMs - METER_DELAY_MS) }
    return people
      .filter((from) => from !== to)
      .map((from) => ({
        to: to.name,
        from: from.name,
        picture: missedPicture(recording, from, 'camera', window),
        sound: interruptionOf(gapsOf(soundOf(recording, from.identity), window), window, NOTICED_MS.sound),
        echoMs: echoMs(recording, from.identity, window),
        ...(from === sharer && { share: missedPicture(recording, from, 'screen_share', window) }),
      }))
  })
}

function missedPicture(
  recording: Recording,
  { identity }: Person,
  source: 'camera' | 'screen_share',
  window: Span,
): Interruption {
  const noticedMs = source === 'camera' ? NOTICED_MS.picture : NOTICED_MS.share
  return interruptionOf(gapsOf(picturesOf(recording, identity, source), window), window, noticedMs)
}

/** Whether no participant missed anything noticeable of another. */
export const isStable = (pairs: readonly Pair[]): boolean =>
  pairs.every(
    ({ picture, sound, share }) =>
      picture.restoredMs === 0 && sound.restoredMs === 0 && (share?.restoredMs ?? 0) === 0,
  )

interface StableOptions {
  forMs: number
  /** The stable period must start after this moment. */
  sinceMs?: number
  timeoutMs: number
  sharer?: Person | undefined
}

/** Resolves when the meeting has been stable for `forMs`. */
export function untilStable(
  meeting: Meeting,
  { forMs, sinceMs = 0, timeoutMs, sharer }: StableOptions,
): Promise<readonly Pair[]> {
  return until(
    async () => {
      const fromMs = Date.now() - forMs
      if (fromMs < sinceMs) return undefined
      const pairs = await readPairs(meeting, { fromMs }, sharer)
      return isStable(pairs) ? pairs : undefined
    },
    { what: `a stable meeting for ${forMs} ms`, timeoutMs, everyMs: STABLE_CHECK_MS },
  )
}
