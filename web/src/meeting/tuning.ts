/**
 * Every tuning number of web/src/meeting, with its reason. Durations are in milliseconds unless the name says otherwise.
 */

// Connecting to a node.

/** LiveKit tokens of the control plane are valid for 120 s; the rest covers the round trips of a join. */
export const ACCESS_FRESH_MS = 90_000
/** A node hands out a token after the join and every five minutes, valid for ten. One minute covers clock differences. */
export const REFRESHED_TOKEN_FRESH_MS = 9 * 60_000
/** A node that drops packets must not hold a connection attempt for LiveKit's default of 15 s. */
export const WEBSOCKET_TIMEOUT_MS = 5_000
/** A connection attempt that takes longer than this is overdue: the meeting may have moved. */
export const CONNECTING_OVERDUE_MS = 2_000
/**
 * LiveKit's own retries of the same node, by pace. With its default delays (0, 0.3, 1.2, 2.7, 4.8, 7 s, …) it finds a
 * restarted node seconds late. quick: the meeting depends on this node. slow: a standby serves meanwhile. none: the
 * meeting has moved, and attempts would only take time from the new node; the old pictures stay.
 */
export const RETRY_LADDERS_MS = {
  quick: [100, 150, 250, 250, 400, 400, 500, 700],
  slow: [600, 900, 1_200],
  none: [20_000],
} as const
export const RETRY_JITTER = 0.2
/** By then the control plane has long named another node, or there is none. */
export const RETRY_GIVE_UP_MS = 120_000

// Calls of `rejoin`.

/** Pauses between calls of `rejoin` while a connection is lost: the first call goes out at once, the last is repeated. */
export const REJOIN_PAUSES_MS = [250, 500, 1_000] as const
/** A refusal may demand a longer pause; participants who are disconnected wait no longer than this. */
export const REJOIN_PAUSE_MAX_MS = 2_000
export const REJOIN_JITTER = 0.2
/** After this long without a failure the pauses start from the first one again. */
export const REJOIN_CALM_MS = 5_000

// When everyone in a meeting has to act.

/** Long enough that three or four people on one machine or network act one after the other. */
export const STAGGER_STEP_MS = 400
/** In a large meeting the steps shrink so that the last one acts within this time. */
export const STAGGER_SPAN_MS = 2_000

// Probing a node whose LiveKit has exited.

/** A supervisor restarts LiveKit within seconds: probe often at first. */
export const PROBE_FAST_MS = 150
/** Later another second makes no difference. */
export const PROBE_SLOW_MS = 1_000
export const PROBE_FAST_FOR_MS = 30_000
export const PROBE_JITTER = 0.2
export const PROBE_TIMEOUT_MS = 1_000

// The standby.

/** Joining a standby must not delay the first picture or a move. In an empty meeting there is no reason to wait. */
export const STANDBY_DELAY_MS = 2_000
/** After a standby has failed, `rejoin` is called for another one, with doubling pauses. */
export const STANDBY_RETRY_FIRST_MS = 1_000
export const STANDBY_RETRY_MAX_MS = 30_000

// The handover from the previous node.

export const HANDOVER_CHECK_MS = 200
/** A sleeping page, or a very slow one, keeps the previous node no longer than this. */
export const HANDOVER_MAX_MS = 10_000
/** A disconnect takes 50 ms of the main thread, which the new connection needs in this time. */
export const DISCONNECT_DELAY_MS = 1_500
/** A client that never reports that it has settled may be another product: after this it has had time to switch. */
export const UNREPORTED_SETTLE_MS = 2 * DISCONNECT_DELAY_MS

// Watching whether media arrives.

/** Between two samples while there is another connection to switch to. */
export const MEDIA_SAMPLE_MS = 100
/** With only one usable connection left, sample slowly. */
export const MEDIA_SAMPLE_SINGLE_MS = 500
/** After a sample in which no track had a new packet, the next one follows sooner. */
export const MEDIA_SAMPLE_QUIET_MS = 50
/**
 * Without a packet of any track that should flow for this long, the standby is tried. A packet is noticed up to one
 * sample after it arrives, so the average is 300 ms.
 */
export const SILENT_WITH_STANDBY_MS = 250
/** Without a standby, silence only starts calls of `rejoin`. */
export const SILENT_WITHOUT_STANDBY_MS = 1_000
/** When the socket has closed too, this is enough: sending to the dead node any longer delays the standby. */
export const SILENT_DEGRADED_MS = 100
/** A voice in a pause sends a packet every 400 ms. */
export const SOUND_PAUSE_MS = 900
/** Video with only a few frames per second still counts as flowing. */
export const VIDEO_FLOWS_MS = 300
/** This many tracks are enough to show whether a node is alive; reading a hundred would be expensive. */
export const SILENCE_TRACKS_MAX = 8
/** For this long after a false alarm silence has to last longer: a busy machine must not get even more work. */
export const FALSE_ALARM_MS = 30_000
/** Each false alarm doubles the time, up to eight times. */
export const FALSE_ALARM_DOUBLINGS_MAX = 3
/** A participant who is received only on the standby for a shorter time was just slow. */
export const SPLIT_MS = 400
/** The first frame may stay until the decoder has caught up; from this frame on the picture moves. */
export const FRAMES_DECODED = 4

// What is received and sent around a failover.

/** After this long in service a connection takes cameras in full size. */
export const FULL_QUALITY_AFTER_MS = 2_000
/**
 * Frames per second to each node while a picture is sent to two, so that two encoders cost about as much as one. A text
 * hardly changes; it only has to stay sharp.
 */
export const FRAME_RATE_ON_TWO_NODES = { motion: 10, text: 3 } as const
/** How often to look whether the node has received packets of a new track; it reports about once a second. */
export const ARRIVAL_CHECK_MS = 200
/** A node that has not reported by then may never report. */
export const ARRIVAL_TIMEOUT_MS = 5_000

// Chat.

/** A message this recent may have been missed by someone who was moving between two nodes: it is sent again. */
export const CHAT_RESEND_MS = 30_000
/** A person who writes fast, and what they send again after 30 s on another node. A flood has hundreds. */
export const CHAT_RATE = { burst: 40, perSec: 2 } as const
/** Messages that are kept. Above this, the oldest of whoever has the most goes: nobody can push others' messages out. */
export const CHAT_MESSAGES_MAX = 500
/** Ids of messages that are remembered, so that one that is sent again is not shown again. */
export const CHAT_KEYS_MAX = 5_000
/** In UTF-16 units; the rest of a received message is cut off. */
export const CHAT_TEXT_MAX_LENGTH = 4_000
/** In characters; ours are UUIDs, and LiveKit's stream ids are shorter. */
export const CHAT_ID_MAX_LENGTH = 64

// Tracks of others.

/** The product publishes one of each source; a second one may exist for a moment when a device is replaced. */
export const TRACKS_PER_SOURCE_MAX = 2
/** Names that stay cleaned; cleaning takes longer than everything else about a person. */
export const NAMES_CACHED_MAX = 2_000

// Other messages of participants.

/** A hand is sent to each node and newcomer. A hostile sender must not make the page update all the time. */
export const HAND_RATE = { burst: 30, perSec: 2 } as const
/** `{"up":false,"atMs":…}` has 35. */
export const HAND_MAX_BYTES = 64
/** People and senders that are remembered: more than a meeting has, because everyone who was there counts. */
export const SENDERS_MAX = 2_000
/** Numbers that tell equal names apart: as few digits as are enough, at most those of a 32-bit hash. */
export const NAME_TAG_DIGITS = [3, 5, 7, 9] as const

// Updating the page.

/** Between two refreshes of the view: shorter than anyone notices. */
export const REFRESH_MS = 50
/** A problem that is over within this time is not announced. */
export const ANNOUNCE_AFTER_MS = 1_000
