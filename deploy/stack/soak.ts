// Sizes of tests that find more the longer they run: full in `npm run soak`, a tenth in `npm test`.
import { SOAK_SHARE } from '../setup/tuning.mjs'

/** Set by `npm run soak`. */
export const SOAK_VARIABLE = 'LEVEE_SOAK'

const isSoak = process.env[SOAK_VARIABLE] === '1'

/** A test file that calls this also runs in `npm run soak`. `least`: the smallest size that proves anything. */
export function soakSize(full: number, least = 1): number {
  return isSoak ? full : Math.max(least, Math.ceil(full / SOAK_SHARE))
}
