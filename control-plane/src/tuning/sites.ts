/** Age of a replica's copy of the sites; scripts check the sums again. */
export const SITES_REFRESH_MS = 1_000

/** A room that finds no place at its own site is offered to at most this many others. */
export const SPILL_SITES = 8

/** Sites whose distance a client measures: each costs it two requests. */
export const PROBED_SITES = 4

/** Client addresses whose nearest site is remembered: two per participant of the largest fleet minute. */
export const ADDRESSES_REMEMBERED = 50_000

/** Loops of replicas run at 80–120 % of their period, so that the replicas do not stay in step. */
export const LOOP_JITTER = 0.2
