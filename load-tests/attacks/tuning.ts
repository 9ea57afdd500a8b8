// Numbers of the attacks, each with its reason.

/** Enough to see whether there is a limit, and done within a second. */
export const WRONG_GUESSES = 300

/** About 5 MB, the largest body that a report may have. */
export const LARGE_REPORT_ROOMS = 440_000

/** Enough for a percentile: one alone may meet a garbage collection. */
export const ANONYMOUS_REPORTS = 20

/** So that each is measured alone; a flood of them is measured by its effect on joins. */
export const BETWEEN_REPORTS_MS = 100

/** The event loop at rest, to compare with: its lag is sampled every 10 ms. */
export const IDLE_MS = 1_000

/** 10 s for headers or a body, and the look that is made once a second. */
export const SLOW_LIMIT_MS = 12_000

/** Joins of others meanwhile: a tenth of what one replica takes on a core. */
export const JOINS_PER_SEC = 100

/** Longer than a garbage collection, so that one does not decide. */
export const FLOOD_MS = 4_000

/** In turn without and with the flood. */
export const FLOOD_ROUNDS = 3

/** A person does not notice a join that takes less. */
export const JOIN_DEADLINE_MS = 500

/** The most rooms that a report may have. */
export const FLOOD_REPORT_ROOMS = 50_000

/** The most that the schema takes. */
export const BOASTED_TRACKS = 100_000_000

/** Many more than fill two nodes if each reserves what it declares. */
export const DECLARED_ROOMS = 200

/** As an agent gives it. */
export const TICKET_LIFE_MS = 3_600_000

/** Large and small ones, so that they fill what is left. */
export const DECLARED_SIZES = [40, 16, 6, 3]
