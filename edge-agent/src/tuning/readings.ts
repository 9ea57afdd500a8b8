/** Tuning of the readings of the host and of LiveKit. Units are in the names. */

/**
 * CPU rate. Window: long enough to even out single bursts, short enough to see a surge within two reports. Span:
 * below it the 10 ms grain of the kernel's counters shows.
 */
export const CPU_RATE = { windowMs: 4_000, minSpanMs: 250 } as const

/** Rate of LiveKit's packet counters, which only move every 5 s. A window of two steps evens out bursts between them. */
export const TRAFFIC_RATE = { windowMs: 10_000, minSpanMs: 3_000, stepMs: 5_000 } as const

/** A step of a counter that is late by this factor will not come: the counter stands still. */
export const COUNTER_STILL_AFTER_STEPS = 1.5

/** cgroup v1 writes "no limit" as a number near 2^63; anything above a pebibyte is no limit. */
export const CGROUP_UNLIMITED_BYTES = 2 ** 50
