import { PROTOCOL_VERSION } from '@levee/control-plane/protocol/version'
import type { Logger } from 'pino'
import type { Failure } from './control-plane-client.ts'

/** Logs each kind of failure once instead of with every retry, and once when calls succeed again. */
export function failureLog(log: Logger) {
  let last: string | undefined
  return {
    isFailing: (): boolean => last !== undefined,
    failed(call: 'enrolment' | 'report', failure: Failure) {
      if (failure.kind === 'superseded') return
      const key = keyOf(call, failure)
      if (key === last) return
      last = key
      if (failure.kind === 'refused') {
        log.error({ code: failure.code, status: failure.status }, `${call} refused: ${failure.detail}`)
      } else if (failure.kind === 'incompatible') {
        log.error({ mismatch: failure.mismatch, protocol: PROTOCOL_VERSION }, failure.detail)
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

/** Failures with the same key are logged once. A version mismatch has the same key for every call. */
function keyOf(call: string, failure: Failure): string {
  if (failure.kind === 'incompatible') return failure.mismatch
  return `${call} ${failure.kind} ${'code' in failure ? failure.code : ''}`
}
