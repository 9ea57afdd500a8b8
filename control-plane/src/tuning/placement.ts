import { AGENT_CLOCK_MS, JOIN_CAP_PPM, OFFLINE_GRANT_PROOF_SEC } from '../protocol/limits.ts'
import { REPORT_SLICE_ROOMS } from './redis.ts'

/**
 * The numbers that the Lua scripts work with; each script gets those that it uses as `limits`. Shares (ppm) are millionths
 * of a node's capacity, so that Lua and Redis add whole numbers.
 */
export const PLACEMENT = {
  /** Nodes of a shard whose addresses pages are told: more do not fit into a header, and reading them costs time. */
  listedNodes: 64,
  /** A node is silent, and gets no new rooms, when five reports in a row are missing. */
  suspectMs: 10_000,
  /** A silent node counts as dead, and its rooms may be placed again, only after this. */
  deadMs: 25_000,
  /** When more than this share of a site (and at least two nodes) fall silent together, the fault may be ours. */
  frozenSharePpm: 200_000,
  /** Then no node is given up before this: a Redis that stalls for a minute is no reason to move every meeting. */
  frozenDeadMs: 120_000,
  /** New rooms stop here so that rooms already there can grow. */
  newRoomCapPpm: 750_000,
  /** A node this many times as large as the only other one is not what keeps the site from being full. */
  unequalNodes: 4,
  /** Joins to live rooms stop here. */
  joinCapPpm: JOIN_CAP_PPM,
  /** Participants who come back may use all of a node. */
  rejoinCapPpm: 1_000_000,
  /** Random nodes per placement: at a mean load of 63 the best of four keeps the peak at 113, the best of two at 132. */
  candidates: 4,
  /**
   * Random sites for a room without a site and a participant without a known one, or for a room whose own site is full.
   */
  sitesDrawn: 4,
  /** A reservation lapses after this; participants spend up to half a minute on the join page. */
  reservationMs: 30_000,
  /** A scheduled meeting that is joined early keeps its reservation from this long before the start … */
  scheduledLeadMs: 30 * 60_000,
  /** … until this long after it. */
  scheduledGraceMs: 5 * 60_000,
  /** More epochs than a room and its standbys are given within the second that Redis may lose. */
  epochSkip: 16,
  /** After lost writes no room is placed for this long: two reports of every node. */
  recoverMs: 5_000,
  /** After a start or promotion of Redis no room gets a new node for this long: replicas reconnect within 250 ms. */
  warmUpMs: 1_000,
  /**
   * A node that has just come up counts as fuller than it is: by slowStartPpm at first, then less and less until
   * slowStartMs.
   */
  slowStartMs: 30_000,
  slowStartPpm: 400_000,
  /** Share of its room's cost that a standby reserves: connected and paused, it takes a tenth of what sending would. */
  standbyPpm: 100_000,
  /** No new standbys above this share of their site's capacity: they are the first load to be given up. */
  standbySitePpm: 600_000,
  /** A room of unknown size reserves for four participants (2·n²): most meetings are small. */
  defaultCostTracks: 32,
  /** Learned sizes do not go below two participants. */
  leastCostTracks: 8,
  /** A room whose record was lost with Redis, and which a node still carries, is kept this long. */
  lostRecordMs: 24 * 3_600_000,
  /** For this long after Redis lost data, a room that only its node knows is restored and can be joined by its link. */
  rebuildMs: 60_000,
  /** Rooms in a shard: 600 MB of Redis at 600 bytes each. */
  roomsMax: 1_000_000,
  /** The link of a meeting that is used is prolonged at most once in this time. */
  linkStepMs: 24 * 3_600_000,
  /** A meeting that is over its date goes on for those who are in it; its record outlives its last report by this. */
  lateRoomMs: 10 * 60_000,
  /** Highest epoch that a lost record is believed to have had: a room that moved every minute for two years. */
  restoredEpochMax: 1_000_000,
  /** Higher numbers are no epochs: 2^40 is above all that agents assign while offline, and exact in Lua. */
  epochMax: 2 ** 40,
  /** A branch's clock may be off by this when its agent assigns epochs and tickets while offline. */
  agentClockMs: AGENT_CLOCK_MS,
  /** For this long after the end of its offline grant, a node may still report what it did under it. */
  grantProofMs: OFFLINE_GRANT_PROOF_SEC * 1_000,
  /** Records that the reports of one node may cause in an hour: no node carries more meetings … */
  restoredRoomsMax: 2_000,
  /** … nor more than its capacity, with a meeting of one participant on two tracks. */
  leastRoomTracks: 2,
  /** A record that an offline meeting has before its agent has said whose it is: that comes with the next request. */
  unclaimedRecordMs: 10 * 60_000,
  /** Nodes that a room's record remembers: more than a meeting has nodes in a day of drains. */
  nodesOfRoomMax: 16,
  /** Rooms of a report in one script call. */
  reportSliceRooms: REPORT_SLICE_ROOMS,
  /** A node that clients have lost and no replica reaches counts as down once its agent has missed a report. */
  condemnAfterMs: 2_600,
  /** Rooms that are notified when a node with their standbys dies: 1,000 at 10 µs each in one call. */
  standbysLost: 1_000,
  /** Standbys that an overloaded node gives up with each of its reports. */
  standbysYielded: 10,
  /** Rooms that are moved away from a draining node at once … */
  drainBatchRooms: 25,
  /** … and the time until the next ones, so that the other nodes and the clients keep up. */
  drainBatchMs: 250,
  /** When a start time by a node's clock moves by less than this, its clock was set and LiveKit is the same. */
  clockStepSec: 5,
  /** In an ordered restart a node has this long to become empty: moving its rooms takes seconds … */
  restartDrainMs: 5 * 60_000,
  /** … and its LiveKit this long to be back: it starts in a second, and supervisors pause for up to ten. */
  restartBackMs: 120_000,
  /** LiveKit is back when it has been up this long (two reports): a version that crashes right after its start is not. */
  restartSteadyMs: 5_000,
  /** How an ordered restart ended is shown for this long. */
  restartShownMs: 10 * 60_000,
  /** Time between two sweeps of a site, over all replicas. */
  sweepMs: 5_000,
  /** Nodes whose reservations one sweep compares with the records of their rooms. */
  sweepNodes: 50,
} as const
