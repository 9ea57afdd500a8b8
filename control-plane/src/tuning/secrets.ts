/** Unsealed node secrets kept in memory, one per node: enough for a fleet of 20,000 and those that it replaced. */
export const UNSEALED_SECRETS_MAX = 50_000

/** An unsealed secret leaves the memory after this; unsealing it again costs one join 10 µs. */
export const UNSEALED_SECRET_TTL_MS = 10 * 60_000

/** An operator signs in once per working day. */
export const SESSION_LIFE_MS = 12 * 3_600_000

/** The operations page asks every few seconds, so that a session is idle only when the page is closed. */
export const SESSION_IDLE_MS = 30 * 60_000

/** 256 random bits. */
export const SESSION_ID_BYTES = 32

/** A phone computes a proof in seconds. */
export const CHALLENGE_TTL_SEC = 120

/** About 30 MB of Redis: years of an ordinary installation. */
export const AUDIT_ENTRIES_MAX = 100_000

/** Longest text of an entry of the audit stream, in characters. */
export const AUDIT_DETAILS_MAX = 500
