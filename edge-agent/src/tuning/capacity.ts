/** Tuning of the capacity estimate. Units are in the names. */

/** LiveKit's former guidance. A start value; the measured cost of a track on this node refines it. */
export const START_TRACKS_PER_CORE = 400

/** In and out together. A generous start value that stops floods of small packets; CPU is meant to be the limit. */
export const START_PACKETS_PER_SEC_PER_CORE = 50_000

/** Egress of a network card whose speed the system does not report: 1 Gbit/s. */
export const FALLBACK_EGRESS_BYTES_PER_SEC = 125_000_000

/** A tenth of the CPU stays for joins, the agent and the system when tracks are derived from CPU. */
export const USABLE_CPU_SHARE = 0.9

/** With fewer tracks or less CPU the cost per track is noise. */
export const LEARN_MIN_TRACKS = 20
export const LEARN_MIN_CPU_CORES = 0.05

/**
 * Below this share of its cores much of a node's CPU is the system's own: quiet nights must not overwrite what was
 * learnt under load.
 */
export const LEARN_MIN_CPU_SHARE = 0.05

/** The median of this many readings counts: two outliers in a row have no effect, and a change needs two (4 s). */
export const LEARN_RECENT = { least: 3, most: 5 } as const

/** Tracks that more than double within those readings are a surge: rates look back and lag behind. */
export const LEARN_MAX_TRACKS_SWING = 2

/** About this many readings count (40 s). A change of mix shows sooner, see track-cost.ts. */
export const LEARN_MEMORY_READINGS = 20

/** Bytes/s per track vary by this share at an even load (LiveKit's counters move in steps): no change of mix. */
export const LEARN_MIX_NOISE = 0.1

/** With a higher share of CPU time taken by the hypervisor, readings do not show what the node can do. */
export const LEARN_MAX_STEAL = 0.05

/** The learnt cost moves the capacity in tracks at most this far from the start value. */
export const LEARN_BOUNDS = { lower: 0.25, upper: 4 } as const
