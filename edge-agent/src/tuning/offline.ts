/** Tuning of offline mode. Numbers shared with the control plane are in its protocol/limits. Units are in the names. */
import { PARTICIPANT_TOKEN_TTL_SEC } from '@levee/control-plane/protocol/limits'

/** A proxied request without an answer for this long triggers a probe of the control plane … */
export const LINK_PROBE_AFTER_MS = 500

/** … which has this long to answer. After 1.5 s of silence in total the branch answers by itself. */
export const LINK_PROBE_TIMEOUT_MS = 1_000

/** While the link is down it is probed every second ± a quarter, so that branches do not come back in step. */
export const LINK_PROBE_EVERY_MS = 1_000
export const LINK_PROBE_JITTER_SHARE = 0.25

/** Longer than this is not an answer to a probe. */
export const LINK_PROBE_ANSWER_MAX_LENGTH = 1_000

/**
 * After a successful probe a report is sent first: it shows the control plane where participants met while the branch was
 * offline, before they are sent there. A report takes a tenth of this.
 */
export const LINK_UP_AFTER_PROBE_MS = 1_500

/** As long as a client waits. A control plane that is alive may take this long; no client waits longer. */
export const PROXY_TIMEOUT_MS = 15_000

/** A slow body holds a socket: ten seconds is a bad phone line, a minute is an attack. */
export const LISTENER_REQUEST_TIMEOUT_MS = 10_000

/** Longer than a proxy's 60 s, so that the proxy and not the listener closes idle connections. */
export const LISTENER_KEEP_ALIVE_MS = 65_000

/** Addresses and participants whose request rates are counted; more than one branch has. */
export const RATE_LIMIT_KEYS_MAX = 20_000

/**
 * A room keeps the epoch that was assigned to it while a token for it is valid, and a little longer. After that LiveKit's
 * list of rooms decides.
 */
export const ASSIGNED_EPOCH_TTL_MS = (PARTICIPANT_TOKEN_TTL_SEC + 30) * 1_000

/** How far the saved time of an assignment may lag behind: many joins at once must not cause a write each. */
export const ASSIGNED_EPOCH_SAVE_EVERY_MS = 15_000

/** Names of rooms that have moved or ended are remembered, at most this many: LiveKit closes them within 15 s. */
export const CLOSED_ROOMS_MAX = 10_000

/** More rooms than a branch starts in a month. A bound, so that the disk cannot be filled. */
export const JOURNAL_ROOMS_MAX = 10_000
