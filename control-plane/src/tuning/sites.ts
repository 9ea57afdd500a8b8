/** How often a replica refreshes its copy of the sites; scripts check the sums again. */
export const SITES_REFRESH_MS = 1_000

/** A room that finds no place at its own site is offered to at most this many others. */
export const SPILL_SITES = 8

/** Sites that a client measures its round trip to: each costs it two requests. */
export const PROBED_SITES = 4

/** Client addresses whose nearest site is cached: twice the participants that join a large fleet within a minute. */
export const ADDRESSES_REMEMBERED = 50_000

/** Loops run at 80–120 % of their period, so that replicas do not stay in step. */
export const LOOP_JITTER = 0.2
