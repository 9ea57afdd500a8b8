// Numbers of the simulator, each with its reason.

// --- agents ---
// The same as in edge-agent/src/tuning, so that the control plane sees the pace and patience of real agents.

/** A report without an answer after this long has failed. */
export const REPORT_TIMEOUT_MS = 3_000
/** A report follows the last one after 75–100% of the period, so that agents spread out. */
export const REPORT_JITTER_FLOOR = 0.75
/** Failed reports back off exponentially from here, with full jitter … */
export const REPORT_BACKOFF_START_MS = 500
/** … up to here. */
export const REPORT_BACKOFF_MAX_MS = 5_000
/** After a refusal the agent reports again after half a period. */
export const REFUSED_REPORT_RETRY_SHARE = 0.5

// --- fleet ---

/** Connections to each replica. Agents have one each; with this many, no report waits for another's answer. */
export const REPORT_CONNECTIONS = 256
/** Sites that enrol their nodes at the same time. */
export const ENROLLING_SITES = 12
/** The control plane accepts 600 enrolments a minute from one address, so larger sites use several. */
export const ENROLMENTS_PER_ADDRESS = 500
/** Enrolment is not measured, so slow answers may come. */
export const ENROL_TIMEOUT_MS = 10_000

// --- machines ---

/** Cores and weights: most nodes are small. */
export const CORES: readonly (readonly [number, number])[] = [
  [4, 35],
  [8, 30],
  [16, 20],
  [32, 10],
  [64, 5],
]
/** What an agent assumes before it has measured: START_TRACKS_PER_CORE of the edge agent. */
export const TRACKS_PER_CORE = 400
/** 200 kbit/s, a mix of sound and picture. */
export const BYTES_PER_SEC_PER_TRACK = 25_000
export const PACKETS_PER_SEC_PER_TRACK = 60

// --- faults ---

/** A node counts as lost after 25 s (deadMs of the control plane); a zombie's silence lasts longer. */
export const ZOMBIE_MS = { from: 26_000, to: 29_000 }
export const FAULT_MS = {
  'power cut': { from: 3_000, to: 15_000 },
  'LiveKit crash': { from: 2_000, to: 10_000 },
  'agent restart': { from: 500, to: 3_000 },
  'cut off': { from: 8_000, to: 18_000 },
}
/** Early, because a zombie needs most of the run, but late enough for rooms to be on the node. */
export const ZOMBIES_FROM_MS = 2_500
export const FAULTS_FROM_MS = 1_500
/** Of so many random nodes, the one with the most participants is hit: a fault at an empty node shows nothing. */
export const FAULT_CANDIDATES = 10
/** How late a late report arrives: after the agent gave up, and up to several reports later. */
export const LATE_BY_MS: readonly number[] = [3_200, 4_500, 7_000, 12_000]

// --- rooms and participants ---

/** Exponent of the power law of room sizes: mean 5.1 at a largest room of 100. */
export const ROOM_SIZE_TAIL = 1.6
export const SMALLEST_ROOM = 2
/** Rooms of this size are usually planned in a calendar, so their size is declared. */
export const DECLARED_FROM = 7
/** Mean time between the creation of a room and the arrival of a participant. */
export const ARRIVAL_MS = 5_000
export const ENDED_BY_HOST_SHARE = 0.2
export const MEETING_SEC = 30
export const LARGEST_ROOM = 60
/** Share of the large rooms that do not declare their size. */
export const UNDECLARED_SHARE = 0.1
/** The control plane reserves for four participants if a room declares nothing. */
export const UNDECLARED_PARTICIPANTS = 4
/** Tries before a participant gives up; each waits as long as the answer asks for. */
export const JOIN_TRIES = 12
/** A client notices that a node does not answer, and rejoins. */
export const NODE_DOWN_REJOIN_MS = { from: 1_500, to: 3_000 }
/** A client whose room has gone rejoins. */
export const REMOVED_REJOIN_MS = { from: 200, to: 2_000 }
/** A join without an answer is sent again. */
export const UNANSWERED_RETRY_MS = 1_000

// --- the run ---

/** Connections of participants to each replica. */
export const PARTICIPANT_CONNECTIONS = 64
export const PARTICIPANT_TIMEOUT_MS = 10_000
export const LOAD_SAMPLE_MS = 1_000
/** What is due in the same slot starts together; finer than any pace of the fleet. */
export const SCHEDULE_SLOT_MS = 4

// --- invariants ---

/** Violations that are kept with their text; all are counted. */
export const VIOLATIONS_KEPT = 100
export const VIOLATIONS_SHOWN = 12
/** A node that would be at most half full with a room certainly has capacity for it. */
export const CERTAINLY_FREE_SHARE = 0.5
/** Other nodes have capacity while the fleet is below this: the control plane stops new rooms at 75%. */
export const FLEET_FULL_SHARE = 0.75
/** Views round shares to millionths and add them up. */
export const VIEW_TOLERANCE = 0.002
/** Rooms whose location is checked at the end, and how many at once. */
export const LOCATIONS_CHECKED = 300
export const LOCATION_CHECKS_AT_ONCE = 8
