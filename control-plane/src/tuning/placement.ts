import { JOIN_CAP_PPM } from '../protocol/limits.ts'

/**
 * The numbers of placement, generated into each Lua script as a table. Shares (ppm) are in millionths of a node's capacity,
 * so that Lua and Redis add whole numbers.
 */
export const PLACEMENT = {
  /** A node is suspect (gets no new rooms) when five reports in a row are missing. */
  suspectMs: 10_000,
  /** A silent node counts as dead, and its rooms may be placed again, only after this. */
  deadMs: 25_000,
  /** When more than this share of a site (and at least two nodes) fall silent together, the fault may be ours. */
  frozenSharePpm: 200_000,
  /** Then nobody is given up before this: a Redis that stood still for a minute is no reason to move every meeting. */
  frozenDeadMs: 120_000,
  /** New rooms stop here so that rooms already there can grow. */
  newRoomCapPpm: 750_000,
  /** Joins to live rooms stop here. */
  joinCapPpm: JOIN_CAP_PPM,
  /** Who was in already may use it all. */
  rejoinCapPpm: 1_000_000,
  /** Random candidates per placement: best of four holds the peak at 113 where best of two needs 132 (mean 63). */
  candidates: 4,
  /** Sites drawn when a room has none of its own and the person's is not known, or when its own is full. */
  sitesDrawn: 4,
  /** A promise to a room melts as its load is seen and lapses after this; people take up to half a minute on the join page. */
  reservationMs: 30_000,
  /** Early comers to a scheduled meeting hold its promise from this long before the start … */
  scheduledLeadMs: 30 * 60_000,
  /** … until this long after. */
  scheduledGraceMs: 5 * 60_000,
  /** More epochs than one room, with its standbys, is given within the second that a rewind may lose. */
  rewindJump: 16,
  /** After lost writes no room is placed for this long: two reports of every node. */
  recoverMs: 5_000,
  /** A Redis that was started or promoted is asked for no new place for this long: replicas dial again within 250 ms. */
  unsureMs: 1_000,
  /** A node that came up counts as fuller than it looks, by slowStartPpm at first and less and less until slowStartMs. */
  slowStartMs: 30_000,
  slowStartPpm: 400_000,
  /** What a standby reserves of its room's cost: joined and paused it takes a tenth of what sending would. */
  standbyPpm: 100_000,
  /** Standbys are given while their site has this much to spare: they are the first thing to go. */
  standbySitePpm: 600_000,
  /** A room that says nothing reserves for four people (2·n²): most meetings are small. */
  defaultCostTracks: 32,
  /** Learnt sizes do not go below two people. */
  leastCostTracks: 8,
  /** A room that only its node remembers is kept this long: its record was lost with Redis. */
  orphanMs: 24 * 3_600_000,
  /** For so long after Redis lost everything or its last second, a room that only its node remembers is joined by its link. */
  rebuildMs: 60_000,
  /** Clients lost a node that is not reached from here either: its agent must have missed a report, or it knows better. */
  condemnAfterMs: 2_600,
  /** Rooms whose standby dies with a node, told in one call: 1,000 × 10 µs. The others ask sooner or later. */
  standbysLost: 1_000,
  /** Standbys that a node in distress gives up with each of its reports. */
  standbysYielded: 10,
  /** Of a node that is to be emptied, so many rooms at once … */
  emptyRooms: 25,
  /** … and the next after this, so that targets and their clients keep up. */
  emptyMs: 250,
  /** A start time by a node's clock that moves by less than this: the clock was set, LiveKit is the same. */
  clockStepSec: 5,
  /** In an ordered restart a node has this long to become empty: what was weighed before it began takes seconds … */
  restartDrainMs: 5 * 60_000,
  /** … and its LiveKit this long to be back: it starts in a second, and supervisors pause for up to ten. */
  restartBackMs: 120_000,
  /** Up for so long it is back: two reports. A version that falls over at once is not. */
  restartSteadyMs: 5_000,
  /** How an ordered restart ended is shown for so long. */
  restartShownMs: 10 * 60_000,
  /** Sweeps of one site, over all replicas. */
  sweepMs: 5_000,
  /** Nodes whose promises one sweep holds against the truth. */
  sweepNodes: 50,
} as const
