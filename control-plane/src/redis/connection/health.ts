/** 'connecting' until the first attempt has succeeded or failed. */
export type Health = { state: 'connecting' | 'up' } | { state: 'unavailable'; reason: string }

/** Redis did not answer: down, unreachable, hung, or still loading its data. The command may or may not have been executed. */
export class StoreUnavailable extends Error {
  override name = 'StoreUnavailable'
}
