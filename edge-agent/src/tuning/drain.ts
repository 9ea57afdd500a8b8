/** Tuning of the drain. Units are in the names. */

/** While the node drains it reports at least this often, so that the control plane sees what has become free. */
export const DRAIN_REPORT_EVERY_MS = 500

/** While the node drains: participants are counted this often, and logged this often if the count changed. */
export const DRAIN_COUNT_EVERY_MS = 500
export const DRAIN_LOG_EVERY_MS = 5_000

/** Participants who are still here this long before the deadline, or half of it if shorter, get the stop notice. */
export const STOP_NOTICE_MS = 30_000
