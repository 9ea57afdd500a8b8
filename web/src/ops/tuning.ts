// Tuning numbers of the operations pages, each with its reason.

import { REPORT_EVERY_MS } from '@levee/control-plane/protocol/limits'

/** Nodes report this often, so a shorter interval would show nothing new. */
export const POLL_INTERVAL_MS = REPORT_EVERY_MS

/** Older numbers are marked as not live: three refreshes are missed, with a second for the last response. */
export const STALE_AFTER_MS = 3 * POLL_INTERVAL_MS + 1_000

/** A fleet of at most this many nodes is shown whole, which is about two screens; a larger one is shown by its sites. */
export const WHOLE_FLEET_NODES = 24

/** Rows of the list of sites before "Show more": beyond that, the search field is quicker. */
export const SITES_PER_PAGE = 50

/** A site or node with less headroom is nearly full: the next large meetings go elsewhere or are refused. */
export const NEARLY_FULL_HEADROOM = 0.1

/** The bar of a site or node with less headroom is amber: time to plan another node, before it is urgent. */
export const LOW_HEADROOM = 0.25

/**
 * The list of sites is sorted by headroom in steps of a tenth: sorted by exact headroom, rows would swap places under
 * the pointer with each refresh.
 */
export const HEADROOM_SORT_STEPS = 10

/** A smaller reservation would be rounded to 0% and is left out. */
export const SHOWN_RESERVED_SHARE = 0.005

/** CPU time taken by the hypervisor. A smaller share is usual on a shared host and no reason to act. */
export const SHOWN_CPU_STEAL = 0.02

/** A drain with less time left than this counts as late: the control plane never reports a negative time. */
export const DRAIN_LATE_MS = 1_000

/** Address ranges listed on a site's page; a site may have a thousand, and the editor shows them all. */
export const SHOWN_RANGES = 4

/** Reports arrive every two seconds: below ten seconds, tenths show that the age is live. */
export const AGE_IN_TENTHS_BELOW_MS = 10_000

/** Up to two minutes, seconds show how long a node has been suspect or dead. */
export const AGE_IN_MINUTES_FROM_MS = 120_000

/** A drain usually ends within this time, and the operator watches it. */
export const DEADLINE_IN_SECONDS_BELOW_MS = 90_000
