/** Tuning of the orders for rooms. Units are in the names. */

/**
 * A moved room is closed after this even if participants are still in it. A client that missed the request to rejoin is
 * disconnected and rejoins by itself.
 */
export const MOVED_CLOSE_AFTER_MS = 15_000

/** Moved rooms are counted this often, at most this many at a time (128 calls/s): 500 rooms take turns of 4 s. */
export const MOVED_COUNT_EVERY_MS = 500
export const MOVED_COUNTS_AT_ONCE = 64
