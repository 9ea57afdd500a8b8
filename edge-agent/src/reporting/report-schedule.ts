import { backoffMs } from '@levee/control-plane/protocol/backoff'
import { DRAIN_REPORT_EVERY_MS } from '../tuning/drain.ts'
import * as tuning from '../tuning/reporting.ts'
import type { Failure } from './control-plane-client.ts'

const { REPORT_BACKOFF_START_MS, REPORT_BACKOFF_CEILING_MS, REPORT_JITTER_FLOOR } = tuning

const REPORT_BACKOFF = { startMs: REPORT_BACKOFF_START_MS, maxMs: REPORT_BACKOFF_CEILING_MS }
/** While the node drains the ceiling does not rise: the remaining time is short. */
const DRAIN_BACKOFF = { startMs: REPORT_BACKOFF_START_MS, maxMs: REPORT_BACKOFF_START_MS }
const URGENT_BACKOFF = { startMs: tuning.URGENT_RETRY_START_MS, maxMs: REPORT_BACKOFF_CEILING_MS }

/** Works out the pauses between calls to the control plane, in milliseconds. `random`: 0 ≤ x < 1. */
export function reportSchedule(random: () => number) {
  let reportEveryMs: number = tuning.DEFAULT_REPORT_EVERY_MS
  let draining = false
  let failures = 0
  let rejections = 0

  const everyMs = () => (draining ? Math.min(reportEveryMs, DRAIN_REPORT_EVERY_MS) : reportEveryMs)
  const shortened = (ms: number) => ms * (REPORT_JITTER_FLOOR + (1 - REPORT_JITTER_FLOOR) * random())

  return {
    setPeriod(ms: number) {
      reportEveryMs = ms
    },
    startDraining() {
      draining = true
    },
    /** The next failure counts as the first. */
    resetFailures() {
      failures = 0
    },
    /**
     * After an accepted report. After an outage agents would all report at once, so their first pause is spread over a
     * whole period.
     */
    afterSuccess({ afterOutage }: { afterOutage: boolean }): number {
      failures = 0
      rejections = 0
      return afterOutage ? everyMs() * random() : shortened(everyMs())
    },
    /** `urgent`: a change of LiveKit's state has not been reported yet. */
    afterFailure(failure: Failure, { urgent }: { urgent: boolean }): number {
      if (failure.kind === 'superseded') return 0
      failures += 1
      if (urgent) return backoffMs(failures, URGENT_BACKOFF, random)
      if (failure.kind === 'unreachable')
        return backoffMs(failures, draining ? DRAIN_BACKOFF : REPORT_BACKOFF, random)
      return shortened(
        failure.kind === 'unavailable' ? everyMs() * tuning.UNAVAILABLE_RETRY_SHARE : everyMs(),
      )
    },
    /** One side has to be updated. */
    afterMismatch: (): number => shortened(tuning.INCOMPATIBLE_RETRY_MS),
    /** The control plane did not recognise an enrolled node: the first time it enrols again at once, then more slowly. */
    afterRejection(): number {
      rejections += 1
      if (rejections === 1) return 0
      return shortened(
        Math.min(tuning.ENROL_REFUSED_RETRY_MS, tuning.REENROL_START_MS * 2 ** (rejections - 2)),
      )
    },
  }
}
