// Numbers of the client's pages, each with its reason. Those of the connection are in meeting/tuning.ts.

// Requests

/** Long enough for a slow branch connection, short enough that a person is not left guessing. */
export const REQUEST_TIMEOUT_MS = 15_000
/** The person is disconnected or about to be, and a new request may reach another replica. */
export const REJOIN_TIMEOUT_MS = 4_000
/** Hashes under way at once while a sign-in is proven: enough for the threads of the browser. */
export const PROOF_BATCH = 512
/** Pause before a retry if the server gives none: short enough that a person stays on the page. */
export const RETRY_SEC = 5
/** The pause is longer by up to this share, so that people who were refused together do not retry together. */
export const RETRY_JITTER = 0.4
/** Short enough that the seconds of a countdown seem to change on time. */
export const COUNTDOWN_UPDATE_MS = 250

// Loading

/** Even a busy page loads the next part after this time; most people type for longer. */
export const IDLE_LATEST_MS = 2_000
/** In Safari, which has no idle callback: after the first paint and the first requests. */
export const IDLE_WITHOUT_CALLBACK_MS = 500

// Distance to sites

/** A site that has not answered three requests by then is not suitable. */
export const MEASURE_DEADLINE_MS = 2_000
/** Requests after the first, which includes DNS, TCP and TLS. The shortest counts, so two are enough. */
export const COUNTED_REQUESTS = 2
/** Sites that differ by less count as equally far: smaller differences are random. */
export const SAME_DISTANCE_MS = 5
/** LiveKit pings less often: a shorter interval would show the same number. */
export const ROUND_TRIP_EVERY_MS = 2_000

// Devices

/** What any camera of an office laptop offers; more would be scaled down before it is sent. */
export const CAMERA = { widthPx: 1280, heightPx: 720, framesPerSec: 30 }
/** The test sound: two notes a fifth apart, in the middle of what small speakers play; long enough to locate. */
export const CHIME = {
  rateHz: 24_000,
  lengthSec: 0.9,
  notes: [
    { hz: 523.25, fromSec: 0 },
    { hz: 783.99, fromSec: 0.22 },
  ],
}
/** Often enough for a smooth bar, which is therefore updated without a React render. */
export const LEVEL_EVERY_MS = 60
/** Even a quiet room has more noise than this: only a dead microphone is below. */
export const DEAD_MICROPHONE_PEAK = 1e-5
/** A headset that has just been plugged in may be silent for a few seconds. */
export const DEAD_MICROPHONE_AFTER_MS = 10_000

// Stage

/** Between tiles; as in stage/stage.module.css. */
export const TILE_GAP_PX = 10
/** Faces are recognisable down to about this width. */
export const TILE_MIN_WIDTH_PX = 168
/** More decoders than this slow down an office laptop. */
export const TILES_PER_PAGE_MAX = 25
/** A tile is at most this wide for its height, because wider ones have black bars. */
export const TILE_WIDEST = 16 / 9
/**
 * And at least this. Cameras are wide: portrait tiles crop half a picture away, which only makes sense on a portrait
 * screen, most of all for a single person.
 */
export const TILE_TALLEST = { landscape: 4 / 3, portrait: 3 / 4, single: 9 / 16 }
/** Below this width two tiles side by side are too small, so our own picture floats over the other's. */
export const PHONE_MAX_PX = 640
/** Height of the page switch; as in stage/stage.module.css. */
export const PAGE_SWITCH_PX = 52
/** Width of our own floating picture: this share of the stage, within these limits. */
export const FLOATING_SHARE = 0.27
export const FLOATING_WIDTH_PX = { min: 92, max: 140 } as const
/** With more people than this, the floating picture would hide one of them. */
export const FLOATING_OVER_MAX = 2
/** LiveKit rates a connection every 5 s, and rates a formerly idle one as weak: the first two ratings are not shown. */
export const QUALITY_SETTLED_MS = 10_000

// Texts that come and go

/** Long enough to be read twice; the settings dialog shows it permanently. */
export const ELSEWHERE_SHOWN_MS = 8_000
/** Long enough that people see “Copied” when they look back at the button. */
export const COPIED_SHOWN_MS = 2_500

// Chat

/** LiveKit sends a text stream in chunks of 15 KB: a message of this length fits into one in any script. */
export const CHAT_MESSAGE_MAX = 2_000
/** Messages of one person within this time are grouped under one name. */
export const CHAT_GROUP_MS = 60_000
/** A message longer than this, in UTF-16 units or lines, is shown in part with a button for the rest: half a panel. */
export const CHAT_SHOWN_LENGTH = 600
export const CHAT_SHOWN_LINES = 12
/** Addresses that are longer stay text; browsers and servers refuse many of them. In UTF-16 units. */
export const LINK_MAX_LENGTH = 2_048
/** A badge shows two digits. */
export const BADGE_MAX = 99
