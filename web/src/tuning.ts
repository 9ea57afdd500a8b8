// Numbers of the client's pages, each with its reason. Those of the connection are in meeting/tuning.ts.

// Requests

/** Long enough for a slow branch connection, short enough that a person is not left guessing. */
export const REQUEST_TIMEOUT_MS = 15_000
/** The person is cut off meanwhile, or will be: a new request may reach another replica. */
export const REJOIN_TIMEOUT_MS = 4_000
/** Waits this long where the server gives no time: short enough that a person stays on the page. */
export const RETRY_SEC = 5
/** Up to this share more, so that people who were refused together do not come back together. */
export const RETRY_JITTER = 0.4
/** The seconds of a countdown then change on time to the eye. */
export const COUNTDOWN_TICK_MS = 250

// Loading

/** A busy page still loads what comes next by then; most people type longer. */
export const IDLE_LATEST_MS = 2_000
/** Safari has no idle callback: after the first paint and the first requests. */
export const IDLE_WITHOUT_CALLBACK_MS = 500

// Distance to sites

/** A site that has not answered three requests by then is no place to meet. */
export const MEASURE_DEADLINE_MS = 2_000
/** After the first request, which also pays for DNS, TCP and TLS. The least counts, so two are enough. */
export const COUNTED_REQUESTS = 2
/** Sites that differ by less are equally far: the rest is chance. */
export const SAME_DISTANCE_MS = 5
/** LiveKit pings less often: a shorter interval would show the same number. */
export const ROUND_TRIP_EVERY_MS = 2_000

// Devices

/** A bar that moves smoothly; a render of React each time would be too much. */
export const LEVEL_EVERY_MS = 60
/** The noise floor even of a quiet room is above this: only a dead microphone is below. */
export const DEAD_MICROPHONE_PEAK = 1e-5
/** A headset that has just been plugged in may give nothing for a few seconds. */
export const DEAD_MICROPHONE_AFTER_MS = 10_000

// Stage

/** Between tiles; as in stage/stage.module.css. */
export const TILE_GAP_PX = 10
/** Faces are recognisable down to about this width. */
export const TILE_MIN_WIDTH_PX = 168
/** More decoders than this slow down an office laptop. */
export const TILES_PER_PAGE_MAX = 25
/** A tile is at most this wide for its height, or faces swim in black. */
export const TILE_WIDEST = 16 / 9
/**
 * And at least this. Cameras are wide: upright tiles crop away half a picture and are worth it only on an upright
 * screen, most of all for a single person.
 */
export const TILE_TALLEST = { landscape: 4 / 3, portrait: 3 / 4, single: 9 / 16 }
/** Below this width two tiles side by side are too small, so our own picture floats over the other's. */
export const PHONE_MAX_PX = 640
/** Height of the page switch; as in stage/stage.module.css. */
export const PAGE_SWITCH_PX = 52
/** Over more people than these, the floating picture would hide one of them. */
export const FLOATING_OVER_MAX = 2
/** LiveKit rates a connection every 5 s, and one that was idle as weak: the first two ratings are not shown. */
export const QUALITY_SETTLED_MS = 10_000

// Texts that come and go

/** Long enough to be read twice; the settings dialog keeps it for later. */
export const ELSEWHERE_SHOWN_MS = 8_000
/** “Copied” stays until the eye has come back to the button. */
export const COPIED_SHOWN_MS = 2_500

// Chat

/** LiveKit sends a text stream in chunks of 15 KB: this fits into one, whatever the script. */
export const CHAT_MESSAGE_MAX = 2_000
/** Messages of one person within this time stand under one name. */
export const CHAT_GROUP_MS = 60_000
/** A badge shows two digits. */
export const BADGE_MAX = 99
