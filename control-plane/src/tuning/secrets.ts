/** Unsealed node secrets kept in memory, one per node: enough for a fleet of 20,000 and those that it replaced. */
export const UNSEALED_SECRETS_MAX = 50_000

/** An unsealed secret leaves the memory after this; unsealing it again costs one join 10 µs. */
export const UNSEALED_SECRET_TTL_MS = 10 * 60_000

/** An operator signs in once per working day. */
export const OPERATOR_SESSION_TTL_SEC = 12 * 3_600
