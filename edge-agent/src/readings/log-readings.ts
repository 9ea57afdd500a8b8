import type { Logger } from 'pino'
import type { ReadingName } from './readings.ts'

/** Counts every failed reading and logs the first of a series; the same reading may fail every two seconds. */
export function logReadings(log: Logger, onFailed: (reading: ReadingName) => void) {
  const failing = new Map<ReadingName, string>()
  return {
    onFailure(reading: ReadingName, error: unknown) {
      onFailed(reading)
      const reason = error instanceof Error ? error.message : 'unknown error'
      if (failing.get(reading) === reason) return
      failing.set(reading, reason)
      log.warn({ reading, reason }, 'a reading failed; the last good one is used')
    },
    onSuccess(reading: ReadingName) {
      if (failing.delete(reading)) log.info({ reading }, 'the reading works again')
    },
  }
}
