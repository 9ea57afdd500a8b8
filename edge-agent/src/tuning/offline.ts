/** Numbers of the branch door, each with its reason. Units are in the names. */

/** A control plane that has not answered by then is asked whether it lives … */
export const DOUBT_AFTER_MS = 500

/** … and has this long to say so: together 1.5 s of silence, and the branch answers by itself. */
export const PROBE_TIMEOUT_MS = 1_000

/** While the line is cut: a look each second, more or less a quarter, so that branches do not come back in step. */
export const PROBE_EVERY_MS = 1_000
export const PROBE_JITTER = 0.25

/**
 * When a look gets through, a report goes first: with it the control plane knows where people met meanwhile, before it is
 * asked. A report takes a tenth of that.
 */
export const REPORT_FIRST_MS = 1_500

/** As long as a client waits. A control plane that lives may take it; nobody waits longer. */
export const ANSWER_TIMEOUT_MS = 15_000

/** As the control plane: a JSON body is never larger, except a node's report, which is not for this door. */
export const BODY_LIMIT_BYTES = 64 * 1024

/** Calls per minute, as the control plane has them: by address, and rejoins by seat. */
export const JOINS_PER_MIN = 3_000
export const CREATIONS_PER_MIN = 120
export const REJOINS_PER_MIN = 150

/** As in the control plane's tokens and tickets. */
export const TOKEN_TTL_SEC = 120
export const TICKET_TTL_SEC = 12 * 3_600
export const ROOM_TTL_SEC = 30 * 86_400

/** As in the control plane: nobody new comes to a node that is fuller. Who was in already comes back. */
export const JOIN_CAP = 0.9
export const JOINS_PER_SEC_PER_CORE = 50

/** A name that was given holds while a token for it does, and a little longer; then LiveKit’s own list tells. */
export const GIVEN_HOLDS_MS = (TOKEN_TTL_SEC + 30) * 1_000

/** How far what the disk says of that may lag: a crowd at a door is not written down one by one. */
export const GIVEN_SAVED_EVERY_MS = 15_000

/** Rooms in one word to the control plane; the contract takes no more. */
export const MADE_BATCH = 500

/** More than a branch starts in a month. A bound, so that nobody fills the disk. */
export const MADE_MAX = 10_000

/** Until the line is back nothing helps, but a person wants to see that it is. */
export const CUT_OFF_RETRY_SEC = 5
