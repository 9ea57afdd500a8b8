/** Rooms in one placement script: 32 × 25 µs keep Redis busy for less than a millisecond. */
export const PLACE_BATCH = 32

/** Reports in one script: joins wait behind it, about 40 µs for each. */
export const REPORT_BATCH = 24

/** Reports wait this long for others to go with. No client waits for the answer. */
export const REPORT_BATCH_MS = 4

/** Redis answers in under a millisecond; one second of silence is a fault, not a delay. */
export const REDIS_COMMAND_TIMEOUT_MS = 1_000

/** Longest pause between two attempts to reach Redis, so that joins work within 2 s of its return. */
export const REDIS_RECONNECT_MAX_MS = 250
