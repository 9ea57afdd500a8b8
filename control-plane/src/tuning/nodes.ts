/** The result of a probe is used for every client that lost the same node within this time. */
export const PROBE_HOLDS_MS = 1_000

/** Nodes are probed for the first time while all is well: a few at once … */
export const FIRST_PROBES_AT_ONCE = 20

/** … and again after this where the probe failed. */
export const FIRST_PROBE_RETRY_MS = 60_000

/** A host that is down does not even refuse a connection; one that is up answers in milliseconds. */
export const PROBE_TIMEOUT_MS = 1_000

/** A join is answered in tens of milliseconds; a loaded node takes a second. */
export const SIGNAL_PROBE_TIMEOUT_MS = 3_000

/** A node that answers HTTP is tried as a participant would when this many different participants … */
export const LOST_BY_PARTICIPANTS = 3

/** … have lost it within this time. */
export const LOST_WITHIN_MS = 30_000

/** Participants of a node whose reports are remembered for that. */
export const LOST_REMEMBERED = 50

/** Nodes in a replica's caches: enough for a fleet of 20,000 and those that it replaced. */
export const NODES_REMEMBERED = 50_000

/**
 * Pauses between two placements while a client's node is neither reached nor given up. Its agent reports within tens of
 * milliseconds, and its silence counts after condemnAfterMs: the sum is longer than both.
 */
export const REJOIN_PAUSES_MS = [30, 60, 120, 240, 400, 500, 500, 500, 500, 500, 500] as const

/** How long a drain may take when the operator does not say: rooms move in seconds, sleeping pages come back in 15. */
export const DEFAULT_DRAIN_SEC = 120

/** How often to look for nodes to drain while there are none. */
export const DRAIN_LOOK_MS = 1_000
