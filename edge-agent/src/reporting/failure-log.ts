import type { Logger } from 'pino'
import type { Failure } from './control-plane-client.ts'

/** Logs each kind of failure once instead of with every retry, and once when calls succeed again. */
export function failureLog(log: Logger) {
  let last: string | undefined
  return {
    isFailing: (): boolean => last !== undefined,
    failed(call: 'enrolment' | 'report', failure: Failure) {
      const key = `${call} ${failure.kind} ${'code' in failure ? failure.code : ''}`
      if (failure.kind === 'superseded' || key === last) return
      last = key
      if (failure.kind === 'refused') {
        log.error({ code: failure.code, status: failure.status }, `${call} refused: ${failure.detail}`)
      } else {
        log.warn({ kind: failure.kind, reason: failure.detail }, `${call} failed; it will be retried`)
      }
    },
    recovered() {
      if (last !== undefined) log.info('the control plane accepts reports again')
      last = undefined
    },
  }
}
