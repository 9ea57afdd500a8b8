/** A probe of a node from outside serves every client that lost the same node within this time. */
export const PROBE_HOLDS_MS = 1_000

/** Nodes are probed for the first time while all is well: a few at once … */
export const FIRST_PROBES_AT_ONCE = 20

/** … and again after this where the probe failed. */
export const FIRST_PROBE_RETRY_MS = 60_000

/** A host that is gone does not even refuse a connection; one that is there answers in milliseconds. */
export const PROBE_TIMEOUT_MS = 1_000

/** What is remembered of each node in a replica's memory: a fleet of 20,000, and as many that have gone. */
export const NODES_REMEMBERED = 50_000

/**
 * Pauses between two placements while a client's node is neither reached nor given up. Its agent reports within tens of
 * milliseconds, and its silence counts after condemnAfterMs: the sum is longer than both.
 */
export const REJOIN_PAUSES_MS = [30, 60, 120, 240, 400, 500, 500, 500, 500, 500, 500] as const

/** How long a drain may take when the operator does not say: rooms move in seconds, sleeping pages come back in 15. */
export const DEFAULT_DRAIN_SEC = 120

/** How often to look for nodes that are to be drained, while there are none. */
export const DRAIN_LOOK_MS = 1_000
