/** Tuning of the health check of LiveKit and of calls to it. Units are in the names. */

/** How often to try to connect while nothing listens on LiveKit's port. A refused connect on loopback costs 0.1 ms. */
export const CONNECT_RETRY_MS = 100

/** A connection that lives shorter than this was not accepted by a healthy process; pause before the next one. */
export const CONNECT_SHORT_LIVED_MS = 100
export const CONNECT_SHORT_LIVED_PAUSE_MS = 25

/** Longest wait for a connection; matters only when LiveKit is on another machine. */
export const CONNECT_TIMEOUT_MS = 1_000

/** Period and timeout of the HTTP probe. Together 2 s: how long a LiveKit may be silent if its process is not visible. */
export const HEALTH_PROBE_EVERY_MS = 250
export const HEALTH_PROBE_TIMEOUT_MS = 1_750
export const SILENT_AFTER_MS = HEALTH_PROBE_EVERY_MS + HEALTH_PROBE_TIMEOUT_MS

/** A process that is seen to run has this long: on a starved machine single answers took up to 3.2 s. */
export const ALIVE_SILENT_AFTER_MS = 5_000

/** How often LiveKit's process is sampled where it is visible: one small read in /proc, 0.03 ms. */
export const PROCESS_SAMPLE_EVERY_MS = 100

/**
 * A process that has not answered for this long and neither runs nor waits for a CPU hangs. Starved processes,
 * however slow, wait for a CPU, so this does not depend on how long answers take and can be short.
 */
export const PROCESS_IDLE_AFTER_MS = 300

/** A timer that fires this late shows that the agent itself was stalled; its verdict on LiveKit does not count. */
export const AGENT_STALL_MS = 250

/** LiveKit answers in milliseconds; a slower reading is abandoned so that the report stays on time. */
export const LIVEKIT_READ_TIMEOUT_MS = 1_500

/** Changing or closing a room waits for LiveKit's own round trips. */
export const LIVEKIT_CALL_TIMEOUT_MS = 5_000

/** Concurrent calls per queue when many rooms are affected: LiveKit's participants come first. */
export const LIVEKIT_CALLS_AT_ONCE = 8

/** With participants in more rooms than this, LiveKit's own count, which is up to 10 s late, is used. */
export const EXACT_COUNT_MAX_ROOMS = 64

/** The self-test's token is used at once. */
export const SELF_TEST_TOKEN_TTL_SEC = 60

/** An empty LiveKit ends within a second of SIGTERM; one that still runs after this gets a second signal. */
export const RESTART_SIGNAL_AGAIN_AFTER_MS = 10_000
