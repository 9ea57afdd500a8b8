/** Slow headers or a slow body tie up a socket: ten seconds is a bad phone line, a minute is an attack. */
export const REQUEST_TIMEOUT_MS = 10_000

/** How often slow requests are looked for. Node's default of 30 s would give each of them 40 s. */
export const CONNECTIONS_CHECK_MS = 1_000

/** An office of 1,000 people behind one address, whose browsers open six connections each. */
export const CONNECTIONS_PER_ADDRESS = 6_000

/** About 10 KB of memory each; everyone else of a surge waits in the listen queue or at the proxy. */
export const CONNECTIONS_MAX = 30_000

/** A refused body up to this is read and discarded, so that its connection can be used again. */
export const UNREAD_BODY_BYTES = 64 * 1024

/** A client reads the answer within a round trip or two. */
export const UNREAD_LINGER_MS = 2_000

/** Headers of our own clients have 1 KB; a session cookie and a proxy's headers double that. */
export const HEADERS_MAX_BYTES = 8 * 1024

/** Longer than a proxy's 60 s, so that the proxy and not the control plane closes idle connections. */
export const KEEP_ALIVE_MS = 65_000

/**
 * Without the operator key, an address may create rooms at the rate of a minute for this long in a day: 5,000 rooms, five
 * each for an office of 1,000 people.
 */
export const CREATION_MINUTES_PER_DAY = 42

/** Addresses and identities that the rate limit counts in this replica's memory. */
export const RATE_LIMIT_KEYS_MAX = 20_000

/** Requests from one address to routes without a limit of their own: an office of 1,000 people loads 20 files each. */
export const REQUESTS_PER_MIN = 60_000

/** Entries of the audit stream on a page when the request does not say. */
export const DEFAULT_PAGE_AUDIT = 100

/** Nodes on a page of the operations API when the request does not say. */
export const DEFAULT_PAGE_NODES = 200

/**
 * Wrong credentials from one address before further ones are not looked at. A person mistypes a key a few times; a
 * building of agents that lost their state folders enrols again with right keys, which are not counted.
 */
export const WRONG_CREDENTIALS_PER_MIN = { operator: 20, enrolment: 20, metrics: 20 }

/** Agents report every 1.5–2 s, and at once when something happens. */
export const REPORTS_PER_MIN = 600

/**
 * Reports of one node that are refused or come twice. An agent whose report is refused enrols again, which takes it a few
 * tries after a change; one that is out of step for longer waits.
 */
export const REFUSED_REPORTS_PER_MIN = 30

/** Larger reports list hundreds of rooms: all of them every half minute, and after faults. */
export const LARGE_REPORT_BYTES = 64 * 1024
export const LARGE_REPORTS_PER_MIN = 30

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

/** Origins of nodes in the header of each page: with the rest of the policy it stays under 4 KB, which every proxy passes. */
export const CONNECT_SOURCES_MAX_BYTES = 3_400
