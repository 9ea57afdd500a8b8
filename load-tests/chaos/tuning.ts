// Numbers of the failover tests, each with its reason. Numbers inside browser pages are in measure/page.

// --- a trial ---

/** The meeting must be stable for this long before the fault; the longest gaps in that time are the baseline. */
export const BASELINE_MS = 2_000
/** The trial ends when the meeting has been stable for this long after the fault; until then every gap counts. */
export const SETTLED_MS = 3_000
export const STABLE_WITHIN_MS = 20_000
export const STABLE_CHECK_MS = 250
/** With more CPU than this used by other processes, or a longer gap before the fault, a trial is disturbed. */
export const DISTURBED_CORES = 0.15
export const DISTURBED_GAP_MS = 150
/** Longer gaps are noticed: a picture freezes, a syllable is missing. A shared text changes rarely. */
export const NOTICED_MS = { picture: 150, sound: 60, share: 600 }
/** The meters may not have recorded the last moments when they are read. */
export const METER_DELAY_MS = 50
/** A gap may have started before the period under test. */
export const METER_HISTORY_MS = 10_000

// --- faults ---

/** The system reaps a killed process and closes its ports within milliseconds. */
export const PROOF_WITHIN_MS = 1_000
export const PROBE_TIMEOUT_MS = 300
/** How long a restarted node is away. */
export const AWAY_MS = 5_000
/** LiveKit, agent and control plane together need seconds to start on a busy machine. */
export const SERVES_WITHIN_MS = 60_000

// --- activity ---

export const CHAT_EVERY_MS = 500
export const SHARE_WIDTH = 1_920
export const CHAT_ARRIVES_WITHIN_MS = 5_000

// --- participants without a browser ---

/** Measured with this picture at 5 frames a second: 0.9% of a core per participant. With sound it would be 2.5%. */
export const NATIVE_PICTURE = { width: 64, height: 48 }
/** A room that does not connect within this is given up; its node may be dead. */
export const NATIVE_CONNECT_WITHIN_MS = 15_000
/** The old room is left when every participant has arrived on the new one, or after this. */
export const NATIVE_LEAVE_AFTER_MS = 10_000
export const NATIVE_JOIN_TRIES = 5
export const NATIVE_JOIN_RETRY_MS = 1_000
export const NATIVE_REQUEST_TIMEOUT_MS = 3_000
/** Pauses between rejoins while the answer does not help; the last one repeats. */
export const NATIVE_REJOIN_MS: readonly number[] = [250, 500, 1_000]
/** How often each process sends the state of its rooms. */
export const NATIVE_STATE_EVERY_MS = 250
/** Older states count as out of date. */
export const NATIVE_STATE_FRESH_MS = 4 * NATIVE_STATE_EVERY_MS
/** A participant whose process has crashed opens the link again. */
export const NATIVE_REOPEN_MS = 1_000
/** A participant receives another if the last frame is at most this old. */
export const NATIVE_SEEN_WITHIN_MS = 1_000

// --- rooms-50 ---

/** One process per 20 participants: LiveKit's library hands every event to every connection of its process. */
export const CROWD_PROCESSES = 5
/** The resolution of gaps depends on this rate. */
export const CROWD_FRAMES_PER_SEC = 4
export const CROWD_ROOM_SIZE = 2
export const CROWD_TIMEOUT_MS = 120_000
export const CROWD_CHECK_MS = 100

// --- pli-throttle ---

export const PLI_THROTTLES_MS: readonly number[] = [100, 200, 250, 500]
/** This many join within PLI_CROWD_WITHIN_MS, then the latecomers one by one. */
export const PLI_CROWD = 20
export const PLI_CROWD_WITHIN_MS = 2_000
export const PLI_LATECOMERS = 6
export const PLI_LATECOMER_EVERY_MS = 1_000
export const PLI_CALM_MS = 3_000
export const PLI_PICTURE = { width: 640, height: 360, framesPerSec: 10 }

// --- standby-cost ---

export const COST_WINDOW_MS = 20_000
export const COST_STABLE_MS = 3_000
/** LiveKit updates its counters every five seconds. */
export const COST_RATE_OVER_MS = 10_000
export const COST_LEVEL_WITHIN_MS = 60_000
/** A voice takes 112 kbit/s (Opus, sent twice against loss; measured). */
export const COST_SOUND_KBIT = { least: 10, most: 200 }
/** A paused standby sends keep-alives only. */
export const COST_PAUSED_KBIT = 4

// --- soak ---

export const SOAK_NODES = 3
export const SOAK_REPLICAS = 2
export const SOAK_ROOMS = 4
export const SOAK_ROOM_SIZE = 3
export const SOAK_FRAMES_PER_SEC = 5
/** A meeting in browsers counts as recovered after this long without a gap. */
export const SOAK_STABLE_MS = 1_000
export const SOAK_FAULTS = { from: 2, to: 5 }
export const SOAK_STORM_MS = 12_000
/**
 * `recoveredWithinMs`: until every participant receives every other. `splitAtMostMs`: how long a meeting may be split
 * after that.
 */
export const SOAK_LIMITS = { recoveredWithinMs: 15_000, splitAtMostMs: 2_000 }
/** A participant whose process has crashed stays in the old room until LiveKit notices. */
export const SOAK_LIMITS_AFTER_CRASH = { recoveredWithinMs: 60_000, splitAtMostMs: 60_000 }
