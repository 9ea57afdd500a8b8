/** Tuning numbers of the agent, each with its reason. Units are in the names. */

/** Until the control plane says otherwise in its answer. */
export const DEFAULT_REPORT_EVERY_MS = 2_000

/** A control plane that asks for reports outside of this is faulty; it is not followed beyond. */
export const REPORT_EVERY_RANGE_MS = { min: 100, max: 60_000 } as const

/** The next report follows after 75–100 % of the period, so that nodes that started together drift apart. */
export const REPORT_JITTER_FLOOR = 0.75

/** Each so manieth report (30 s) tells all rooms, changed or not: heals whatever was missed, at a 15th of the cost. */
export const WHOLE_ROOMS_EVERY_REPORTS = 15

/** A control plane that takes longer is in trouble; the report would be stale anyhow. */
export const CONTROL_PLANE_TIMEOUT_MS = 3_000

/** First ceiling of the back-off while the control plane cannot be reached; doubles with each failure. */
export const BACKOFF_START_MS = 500

/**
 * Last ceiling of the back-off. With full jitter a node is back within 5 s of the control plane, 2.5 s on average,
 * and a waiting fleet asks less often than a healthy one reports, so that a longer wait would spare nobody.
 */
export const BACKOFF_CEILING_MS = 5_000

/** The control plane answers but cannot take the report (its store is away): ask this part of a period later. */
export const RETRY_ANSWERED_SHARE = 0.5

/** A change (LiveKit gone or back) that has not been told yet is tried again after this, doubling. */
export const URGENT_RETRY_START_MS = 50

/** A refused enrolment needs a person; asking more often only fills logs. */
export const ENROL_REFUSED_RETRY_MS = 30_000

/** Pause before enrolling anew when fresh enrolments keep being refused at the next report; doubles up to 30 s. */
export const REENROL_START_MS = 1_000

/** Idle connection to LiveKit's port: how often to knock while nobody listens. A refused connect on loopback costs 0.1 ms. */
export const CONNECT_RETRY_MS = 100

/** A connection that lives shorter than this was not accepted by a healthy process; wait a little before the next. */
export const CONNECT_SHORT_LIVED_MS = 100
export const CONNECT_SHORT_LIVED_PAUSE_MS = 25

/** Longest wait for a connection; matters only when LiveKit is not on this machine. */
export const CONNECT_TIMEOUT_MS = 1_000

/** Question and time-out together make 2 s: the longest silence before a LiveKit whose process is not seen hangs. */
export const PROBE_EVERY_MS = 250
export const PROBE_TIMEOUT_MS = 1_750
export const SILENT_AFTER_MS = PROBE_EVERY_MS + PROBE_TIMEOUT_MS

/** One whose process is seen at work has this long: on a starved machine single answers took up to 3.2 s. */
export const ALIVE_SILENT_AFTER_MS = 5_000

/** How often LiveKit's process is looked at, where it can be seen: one small read in /proc, 0.03 ms. */
export const PULSE_EVERY_MS = 100

/**
 * A process that owes an answer for so long and in that time neither runs nor waits for a CPU hangs. Starved ones,
 * however slow, wait for a CPU; so this is not measured in answers, and short.
 */
export const STILL_AFTER_MS = 300

/** A timer that fires this late shows that the agent itself was held up; its verdict on LiveKit does not count. */
export const PROBE_STALL_MS = 250

/** LiveKit answers in milliseconds; a reading that takes longer is given up so that the report stays in time. */
export const SCRAPE_TIMEOUT_MS = 1_500

/** Calling the people of a room, or closing it, waits for LiveKit's own round trips. */
export const ROOM_ORDER_TIMEOUT_MS = 5_000

/** Orders for rooms under way at once when the control plane names many: LiveKit serves people in the first place. */
export const ROOM_ORDERS_AT_ONCE = 8

/** A moved room is closed after this whoever is still in it: who has not heard the call asks when disconnected. */
export const MOVED_CLOSE_AFTER_MS = 15_000

/** Moved rooms are looked into so often, at most so many at a time (128 questions/s): 500 take turns of 4 s. */
export const MOVED_LOOK_EVERY_MS = 500
export const MOVED_LOOKS = 64

/** With people in more rooms than this, LiveKit's own late count will do. */
export const EXACT_ROOMS = 64

/** While the node leaves: reports at least so often, so that the control plane sees what has become free. */
export const LEAVING_REPORT_EVERY_MS = 500

/** While the node leaves: who is still here is counted so often, and told in the log so often if it changed. */
export const LEAVING_LOOK_EVERY_MS = 500
export const LEAVING_LINE_EVERY_MS = 5_000

/** Whoever is still here so long before the time is up, or after half of it if that is less, is told. */
export const STOP_NOTICE_MS = 30_000

/** LiveKit with nobody on it ends within a second; one that still runs after this is asked a second time. */
export const RESTART_AGAIN_MS = 10_000

/** The last report is a courtesy: the node's end does not wait longer for it. */
export const FAREWELL_TIMEOUT_MS = 1_000

/**
 * After so long without a report that was taken, the control plane may have given the node up (it is suspect after
 * 10 s) and its rooms away: all rooms are told, whatever was known before.
 */
export const DOUBT_AFTER_MS = 8_000

/**
 * CPU rate. Window: long enough to even out single bursts, short enough to see a surge within two reports. Span:
 * below it the 10 ms grain of the kernel's counters shows.
 */
export const CPU_RATE = { windowMs: 4_000, minSpanMs: 250 } as const

/** Rate of LiveKit's packet counters, which it moves every 5 s only. Two steps even out what falls between them. */
export const TRAFFIC_RATE = { windowMs: 10_000, minSpanMs: 3_000, stepMs: 5_000 } as const

/** LiveKit's old guidance; only the start value, refined by what the node itself shows. */
export const START_TRACKS_PER_CORE = 400

/**
 * Packets per second and core, in and out together. A generous start value that stops small-packet floods;
 * CPU is meant to bind first.
 */
export const START_PACKETS_PER_SEC_PER_CORE = 50_000

/** Egress of a network card whose speed the system does not tell: 1 Gbit/s. */
export const FALLBACK_EGRESS_BYTES_PER_SEC = 125_000_000

/** A tenth of the CPU stays for joins, the agent and the system when tracks are derived from CPU. */
export const USABLE_CPU_SHARE = 0.9

/** With fewer tracks or less CPU the cost per track is noise. */
export const LEARN_MIN_TRACKS = 20
export const LEARN_MIN_CPU_CORES = 0.05

/** Below this share of its cores much of a node's CPU is the system's own: nights must not undo what days taught. */
export const LEARN_MIN_CPU_SHARE = 0.05

/** The middle of so many readings teaches: two odd ones in a row have no say, and news waits for two (4 s). */
export const LEARN_RECENT = { least: 3, most: 5 } as const

/** Tracks that more than double within those readings are a surge: rates, which look back, do not fit them yet. */
export const LEARN_MAX_TRACKS_SWING = 2

/** Readings that count, about: 40 s. A change of mix shows sooner, see learn.ts. */
export const LEARN_MEMORY_READINGS = 20

/** Bytes/s per track swing by so much at an even load (LiveKit's counters move in steps): no change of mix. */
export const LEARN_MIX_NOISE = 0.1

/** With more of its CPU time taken by the hypervisor, what a node shows is not what it can do. */
export const LEARN_MAX_STEAL = 0.05

/** What is learnt moves the capacity in tracks at most this far from the start value. */
export const LEARN_BOUNDS = { lower: 0.25, upper: 4 } as const

/** /livez turns bad when the report loop has not moved for this long; its longest lawful pause is 30 s. */
export const LOOP_STUCK_AFTER_MS = 90_000
