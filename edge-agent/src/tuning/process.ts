/** Tuning of the agent's process. Units are in the names. */

/** Exit code when the configuration or the machine has to be corrected first: a restart would not help. */
export const EXIT_CONFIGURATION = 2

/** /livez fails when the report loop has not moved for this long; its longest regular pause is 30 s. */
export const LOOP_STUCK_AFTER_MS = 90_000

/**
 * A lock without an update for this long belongs to an agent that was killed: a restart waits at most this long, and the
 * node, suspect after 10 s without a report, is not given up. The least that the library allows.
 */
export const STATE_LOCK_STALE_AFTER_MS = 2_000

/** Twice per that time, so that one late update is not enough to lose the lock. */
export const STATE_LOCK_UPDATE_EVERY_MS = 1_000

/** How often a starting agent looks whether the lock is free, and how long. */
export const STATE_LOCK_RETRY_EVERY_MS = 250
export const STATE_LOCK_RETRIES = 12
