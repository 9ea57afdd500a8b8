/** Tuning numbers, each with its reason. Units are in the names; ppm = millionths of a node's capacity. */

/** Agents report at most this often; half the 4 s that the fleet budget allows. */
export const REPORT_EVERY_MS = 2_000

/** A node is suspect (gets no new rooms) when five reports in a row are missing. */
export const SUSPECT_AFTER_MS = 10_000

/** A silent node counts as dead, and its rooms may be placed again, only after this. */
export const DEAD_AFTER_MS = 25_000

/** A promise to a room melts as its load is seen and lapses after this; people take up to half a minute on the join page. */
export const RESERVATION_TTL_MS = 30_000

/** New rooms stop at 0.75 of capacity so that rooms already there can grow. */
export const NEW_ROOM_CAP_PPM = 750_000

/** Joins to live rooms stop at 0.9; rejoins may use it all. */
export const JOIN_CAP_PPM = 900_000

/** Random candidates per placement: best of four holds the peak at 113 where best of two needs 132 (mean 63). */
export const CANDIDATES = 4

/** Most meetings are small; a room that says nothing reserves for this many people. */
export const DEFAULT_EXPECTED_PARTICIPANTS = 4

/** LiveKit tokens: long enough to connect from a slow phone, too short to pass on. */
export const PARTICIPANT_TOKEN_TTL_SEC = 120

/** One working day: a person may come back all day without joining anew. */
export const REJOIN_TICKET_TTL_SEC = 12 * 3_600

/** Life of a join link when nobody says otherwise. */
export const DEFAULT_ROOM_TTL_SEC = 30 * 86_400

/** A JSON body is never larger than this, except a node's report. */
export const BODY_LIMIT_BYTES = 64 * 1024

/** 50,000 rooms of a node at about 80 bytes each. */
export const REPORT_BODY_LIMIT_BYTES = 5 * 1024 * 1024

/** Redis answers in under a millisecond; one second of silence is a fault, not a delay. */
export const REDIS_COMMAND_TIMEOUT_MS = 1_000

/** Longest pause between two attempts to reach Redis, so that joins work within 2 s of its return. */
export const REDIS_RECONNECT_MAX_MS = 250

/** How long a stopping replica still answers after it said that it is not ready: two probe periods of a balancer. */
export const STOP_GRACE_MS = 5_000

/** Nobody balances a local run; this only covers requests already on the wire. */
export const STOP_GRACE_LOCAL_MS = 250

/** Requests take milliseconds; what is not done by then hangs. */
export const STOP_LIMIT_MS = 5_000
