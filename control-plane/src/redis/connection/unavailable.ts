/** Redis did not answer: down, unreachable, hung, or still loading its data. Nothing is known of the command's effect. */
export class StoreUnavailable extends Error {
  override name = 'StoreUnavailable'
}
