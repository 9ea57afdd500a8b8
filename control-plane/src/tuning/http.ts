/** A slow body ties up a socket: ten seconds is a bad phone line, a minute is an attack. */
export const REQUEST_TIMEOUT_MS = 10_000

/** Longer than a proxy's 60 s, so that the proxy and not the control plane closes idle connections. */
export const KEEP_ALIVE_MS = 65_000

/** Addresses and identities that the rate limit counts in this replica's memory. */
export const RATE_LIMIT_KEYS_MAX = 20_000

/** Nodes on a page of the operations API when the request does not say. */
export const DEFAULT_PAGE_NODES = 200

/** Guessing operator keys is slow from any one address. */
export const SIGN_INS_PER_MIN = 20

/** Guessing enrolment keys is slow from any one address; all agents of a site can still enrol at once. */
export const ENROLMENTS_PER_MIN = 600

/** One request announces 500 rooms; an agent sends a few after an offline period. */
export const OFFLINE_ROOMS_PER_MIN = 60

/**
 * How long a stopping replica still serves after it reports that it is not ready: two probe periods of a load balancer.
 */
export const STOP_GRACE_MS = 5_000

/** A local run has no load balancer; this only covers requests that are already on their way. */
export const STOP_GRACE_LOCAL_MS = 250

/** Requests take milliseconds; a request that is not done by then hangs. */
export const STOP_LIMIT_MS = 5_000
