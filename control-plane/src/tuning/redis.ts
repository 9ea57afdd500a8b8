/** Rooms in one placement script: 32 × 25 µs keep Redis busy for less than a millisecond. */
export const PLACE_BATCH = 32

/** Reports in one script: joins wait behind it, about 40 µs for each. */
export const REPORT_BATCH = 24

/** Rooms of one report in one script, at 8 µs each; more come in slices, with joins between them. */
export const REPORT_SLICE_ROOMS = 250

/** How long a report waits for others that can share its call. No client waits for the answer. */
export const REPORT_BATCH_MS = 4

/**
 * Placing a room whose record and node are in two shards starts again if another call was faster. That happens this
 * often in a row only if many replicas place the same room at the same time.
 */
export const PLACE_TURNS = 4

/** Sites of nodes on a Cluster, remembered by node: more than a fleet has. An evicted entry costs one more call. */
export const NODE_SITES_KEPT = 50_000

/** Redis answers in under a millisecond; one second of silence is a fault, not a delay. */
export const REDIS_COMMAND_TIMEOUT_MS = 1_000

/** Pauses between two attempts to reach Redis: short enough for joins to work within 2 s of its return. */
export const REDIS_RECONNECT = { startMs: 20, maxMs: 250 }

/** How often connections are checked, and how exact the time limit of a command is. */
export const REDIS_HEARTBEAT_MS = 100

/** A connection that has sent nothing for this long is pinged: a hung Redis is noticed before the next join. */
export const REDIS_PING_AFTER_MS = 500

/** How often sentinels are queried while the primary serves. Without one they are queried at every heartbeat. */
export const SENTINEL_QUERY_MS = 1_000

/** How often the slots of a Cluster are read while all is well; calls that meet a moved slot notice it at once. */
export const CLUSTER_SLOTS_MS = 10_000

/** The same while something is wrong: twice within the shortest failover. */
export const CLUSTER_SLOTS_SOON_MS = 200

/** A call that is redirected more often than this has met a cluster whose nodes disagree about the slot. */
export const CLUSTER_MAX_HOPS = 4
