// Numbers of the benchmarks, each with its reason.

// --- joins over HTTP ---

/** The published figure is the median of this many rounds … */
export const JOIN_ROUNDS = 5
/** … of this many seconds each. */
export const JOIN_ROUND_SEC = 4
/** Long enough for the JIT compiler to settle. */
export const JOIN_WARM_UP_SEC = 3
export const JOIN_CONNECTIONS = 32
/** Joins of placed rooms go to this many rooms in turn. */
export const JOIN_PLACED_ROOMS = 200
/** About a second of joins to new rooms. */
export const JOIN_NEW_ROOMS = 12_800
/** Rooms that are created at the same time, before a measurement. */
export const CREATE_ROOMS_AT_ONCE = 64

// --- placement through HTTP, per size of fleet: shorter rounds, because there are 36 of them ---

export const PLACEMENT_ROUNDS = 2
export const PLACEMENT_ROUND_SEC = 2
export const PLACEMENT_PLACED_ROOMS = 2_000
/** Kept-alive connections, each with one request in progress. */
export const PLACEMENT_CALLERS: readonly number[] = [1, 16, 64]
/** A single caller cannot join more in that time. */
export const PLACEMENT_NEW_ROOMS_OF_ONE_CALLER = 4_000

// --- LiveKit's own placement ---

export const PEER_RACE_NODES = 100
export const PEER_RACE_REPLICAS = 2
export const PEER_CALLERS: readonly number[] = [1, 16]
/** Growth from the smallest to the largest fleet is shown for this many callers. */
export const PEER_GROWTH_CALLERS = 16

// --- joins beside a reporting fleet ---

/** Every run simulates the same fleet. */
export const FLEET_SEED = 1
export const NODES_PER_SITE = 100
/** Enough to measure Redis' memory per room. */
export const IDLE_ROOMS = 10_000
export const PLACED_ROOMS = 3_000
/** Share of joins to rooms without a node. */
export const NEW_ROOM_SHARE = 0.1
export const JOIN_LOAD_WARM_UP_SEC = 8
export const JOIN_LOAD_CONNECTIONS = 64
export const JOIN_LOAD_TIMEOUT_MS = 10_000
/** How often the join process reports where participants were sent. */
export const ADMITTED_EVERY_MS = 50
/** Mean stay of a participant, so that rooms don't grow for as long as joins go on. */
export const STAY_SEC = 20
export const PREPARE_CONNECTIONS = 16
export const PREPARE_TIMEOUT_MS = 10_000

// --- cost of a report ---

export const REPORTS_PER_SEC = 2_500
export const REPORT_COST_SEC = 10
export const REPORT_COST_IDLE_SEC = 4
