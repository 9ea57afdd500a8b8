// Every number of the operations pages that could be another one, with its reason.

/** A fresh view every two seconds: agents report that often, so a shorter interval would show nothing new. */
export const POLL_INTERVAL_MS = 2_000

/** Three missed refreshes and a second for the answer: older numbers are marked as not live. */
export const STALE_AFTER_MS = 7_000

/** A fleet of at most this many nodes is shown whole, which is about two screens; a larger one is shown by its sites. */
export const WHOLE_FLEET_NODES = 24

/** Rows of the list of sites before "Show more": more is quicker found with the search field. */
export const SITES_PER_PAGE = 50

/** Headroom below which a site or node is shown as nearly full: less than one large meeting on a usual node. */
export const NEARLY_FULL_HEADROOM = 0.1

/** Headroom below which a bar turns amber: time to add a node, not yet urgent. */
export const LOW_HEADROOM = 0.25

/**
 * The list of sites is sorted by headroom in steps of a tenth: sorted by exact headroom, rows would swap places under
 * the pointer with each refresh.
 */
export const HEADROOM_SORT_STEPS = 10

/** A smaller reservation would be rounded to 0% and is left out. */
export const SHOWN_RESERVED_SHARE = 0.005

/** CPU time taken by the hypervisor: up to 2% is normal on a shared host. */
export const SHOWN_CPU_STEAL = 0.02

/** A drain with less time left than this is late: the control plane never reports a deadline in the past. */
export const DRAIN_LATE_MS = 1_000

/** Address ranges listed on a site's page; a site may have a thousand, and the editor shows them all. */
export const SHOWN_RANGES = 4

/** Reports arrive every second or two: tenths show whether they do. */
export const AGE_IN_TENTHS_BELOW_MS = 10_000

/** Up to two minutes the seconds tell how long a node is suspect or dead. */
export const AGE_IN_MINUTES_FROM_MS = 120_000

/** A drain usually ends within this time, and the operator watches it. */
export const DEADLINE_IN_SECONDS_BELOW_MS = 90_000
