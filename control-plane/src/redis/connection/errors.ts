import { ErrorReply } from 'redis'
import { StoreUnavailable } from './health.ts'

/** Redis forgets scripts when it restarts, and a new primary does not have them. */
export function isNoScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT')
}

/** Redis cannot serve now, or could not keep what is written. */
const TEMPORARY = /^(LOADING|BUSY|MASTERDOWN|READONLY|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|MISCONF|OOM|NOAUTH)\b/

/**
 * Turns every error that means an unavailable Redis into StoreUnavailable; other errors are bugs of ours and are kept.
 */
export function asUnavailable(error: unknown): unknown {
  if (error instanceof StoreUnavailable || error instanceof TypeError || !(error instanceof Error))
    return error
  if (error instanceof ErrorReply && !TEMPORARY.test(error.message)) return error
  return new StoreUnavailable(error.message, { cause: error })
}
