/** Tuning of the report loop. Each constant says why it has its value; units are in the names. */

/** Used until the control plane sends its own period. */
export const DEFAULT_REPORT_EVERY_MS = 2_000

/** A period outside this range is a fault of the control plane; it is clamped. */
export const REPORT_EVERY_RANGE_MS = { min: 100, max: 60_000 } as const

/** The next report follows after 75–100 % of the period, so that nodes that started together drift apart. */
export const REPORT_JITTER_FLOOR = 0.75

/** Every 15th report (30 s) carries all rooms. It repairs whatever was missed, at a 15th of the cost. */
export const WHOLE_ROOMS_EVERY_REPORTS = 15

/** A control plane that takes longer is in trouble, and the report would be stale anyway. */
export const CONTROL_PLANE_TIMEOUT_MS = 3_000

/** First ceiling of the backoff while the control plane cannot be reached; doubles with each failure. */
export const REPORT_BACKOFF_START_MS = 500

/**
 * Last ceiling of the backoff. With full jitter a node is back within 5 s of the control plane, 2.5 s on average. A
 * waiting fleet sends fewer requests than a healthy one, so a longer wait would save nothing.
 */
export const REPORT_BACKOFF_CEILING_MS = 5_000

/** The control plane answers but cannot take the report (its store is down): retry after this part of a period. */
export const UNAVAILABLE_RETRY_SHARE = 0.5

/** First ceiling of the backoff for a change of LiveKit's state (down or back) that has not been reported yet. */
export const URGENT_RETRY_START_MS = 50

/** A refused enrolment needs an operator; retrying more often only fills the logs. */
export const ENROL_REFUSED_RETRY_MS = 30_000

/** Incompatible versions need an update; retrying more often only loads the control plane. */
export const INCOMPATIBLE_RETRY_MS = 30_000

/** Pause before enrolling again when the report after a fresh enrolment is refused; doubles up to 30 s. */
export const REENROL_START_MS = 1_000

/** The last report only speeds things up: the agent does not wait longer for it before it exits. */
export const FINAL_REPORT_TIMEOUT_MS = 1_000

/**
 * After this long without an accepted report the control plane may have given the node up (it is suspect after 10 s)
 * and moved its rooms: the next report carries all rooms, whatever was sent before.
 */
export const RESEND_ALL_ROOMS_AFTER_MS = 8_000
