// Numbers of the shared modules, each with its reason.

/** How often http-wire checks its time limits, which are several seconds. */
export const WIRE_CHECK_MS = 100
/** Samples of Redis' memory, taken over a second. */
export const REDIS_MEMORY_SAMPLES = 10
export const REDIS_MEMORY_SAMPLE_MS = 100
/** Files with single trials that stay on this machine; one of a whole day takes 400 kB. */
export const TRIAL_FILES_KEPT = 20
/** Longer JSON breaks into lines, as in the source. */
export const JSON_WIDTH = 110
