// The numbers of deploy, each with its reason. JavaScript, because setup runs before TypeScript can.

// Output of commands
/** Enough of a tool's output to see its error; more lines would hide the message below it. */
export const ERROR_TAIL_LINES = 15
/** Longest part of a command's output that is kept, so that a tool in a loop does not fill the memory. */
export const KEPT_OUTPUT_CHARACTERS = 200_000
/** In a terminal the running time of a step is shown each second. */
export const LIVE_PROGRESS_MS = 1_000
/** Without a terminal (CI) progress is a separate line: rarely, but often enough to show that nothing hangs. */
export const LOGGED_PROGRESS_MS = 20_000

// The first step of every command
/** How soon it stops after npm was killed. */
export const PARENT_CHECK_MS = 500

// Installing tools
/** A temporary folder of this age was left by a killed run: no installation takes this long. */
export const STALE_INSTALL_MS = 24 * 3_600_000
/** What a Go build of LiveKit or k6 may need for its sources and caches. */
export const BUILD_SPACE_BYTES = 2 * 1024 ** 3

// Child processes
/** One old log is kept, so each process needs at most twice this, even on a machine that runs for years. */
export const LOG_MAX_BYTES = 20_000_000
/** Every part is ready within a few seconds; a busy machine takes several times as long. */
export const READY_TIMEOUT_MS = 20_000
/** Pause between two stop signals. The control plane needs at most 1 s to close its connections. */
export const STOP_GRACE_MS = 1_500
/** Pause between SIGTERM and SIGKILL when the parent has ended: time for Redis to write its file. */
export const ORPHAN_GRACE_MS = 1_000
/** The terminal and npm both forward Ctrl-C: signals within this time are one key press. */
export const SAME_KEY_PRESS_MS = 400

// Restarting crashed processes
/** Short, because most crashes happen once. */
export const FIRST_RESTART_PAUSE_MS = 250
/** The pause doubles up to this, so that a process that cannot start is not restarted constantly. */
export const LONGEST_RESTART_PAUSE_MS = 10_000
/** After running this long, the next crash starts from the first pause again. */
export const STEADY_AFTER_MS = 30_000

// Ports
/** Below the ports that systems use for outgoing connections (from 32768 on Linux, from 49152 on macOS). */
export const FIRST_FREE_PORT = 20_000
/** Ports claimed at once: a stack of ten nodes fits in one block. */
export const PORT_BLOCK = 100
/** 20000 to 29999; LiveKit's relays begin at 30000. */
export const PORT_BLOCKS = 100
/** The first half of a block is for TCP, the second for UDP. */
export const UDP_PORT_OFFSET = 50
/** A process that was just killed frees its ports within a second or two. */
export const PORT_PATIENCE_MS = 2_500
/** Ports of TURN relays: below those that systems use for outgoing connections. */
export const RELAY_PORTS = { first: 30_000, last: 32_000 }
/** Distance of the port that is proposed when one is in use: past all ports of this installation. */
export const PROPOSED_PORT_OFFSET = 100

// Tests
/** More requests than any test sends, so that a test meets a rate limit only where it sets one. */
export const NO_RATE_LIMIT = { joinPerMin: 10_000_000, createPerMin: 10_000_000 }

// Redis in tests
/** The least number of primaries of a Redis Cluster. */
export const CLUSTER_PRIMARIES = 3
/** Three can lose one and still have a majority. */
export const SENTINELS = 3
export const SENTINEL_QUORUM = 2
/** Sentinels ping once a second: with 1 s, a primary that was just promoted sometimes counts as down. */
export const SENTINEL_DOWN_AFTER_MS = 2_000
export const SENTINEL_FAILOVER_TIMEOUT_MS = 3_000

/** How often a fake clock switches between its offsets: several times within one report interval of an agent. */
export const FAKE_CLOCK_SWITCH_MS = 250

// Test runs
/** The longest file takes 90 s on a quiet machine with two cores. */
export const TEST_FILE_TIMEOUT_MS = 300_000
/** The soak at full size takes a few minutes, and the model walk with it. */
export const SOAK_FILE_TIMEOUT_MS = 1_800_000
/** Time between the timeout of Node's runner and the kill of the process, for reporting the tests that timed out. */
export const HANG_GRACE_MS = 10_000
/** Files with real Redis and LiveKit that run at the same time: they spend half of their time waiting. */
export const PARALLEL_PARTS = 3
/** Files with browsers that run at the same time: more of them would starve each other on two cores. */
export const PARALLEL_BROWSERS = 2
/** A process that ends within this time is not left behind: a run that is interrupted stops whole stacks, rank by rank. */
export const LEFTOVER_PATIENCE_MS = 10_000
/** `npm test` runs one tenth of a soak. */
export const SOAK_SHARE = 10
/** Lines of the list at the end of a run. */
export const SLOWEST_FILES = 10
/** The status line of a terminal. */
export const STATUS_EVERY_MS = 1_000
