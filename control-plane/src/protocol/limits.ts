/** Numbers that the control plane, the agent and the web client must agree on. Units are in the names. */

/** 14 letters of base32 are 70 random bits: no code is found by guessing. */
export const ROOM_CODE_LENGTH = 14

/** 16 letters are 80 bits of a hash: no two codes share an id. */
export const ROOM_ID_LENGTH = 16

/** 130 random bits. */
export const HOST_KEY_LENGTH = 26

/** Two letters of base32, without the number 0, which means the only shard. */
export const SHARDS_MAX = 1_023

/** 22 letters of base64url are 128 bits. */
export const TICKET_SEAL_LENGTH = 22

/** 32 letters of hexadecimal are 128 bits. */
export const FOREIGN_IDENTITY_LENGTH = 32

/** 22 letters of base64url are 128 bits. */
export const NODE_SEAL_LENGTH = 22

/** 65,000 hashes on average: about a second in a browser. */
export const SIGN_IN_PROOF_BITS = 16
/** A challenge is a short signed text. */
export const CHALLENGE_MAX_LENGTH = 512

/** Browsers keep to https for a year after the last visit. */
export const STRICT_TRANSPORT_SEC = 365 * 86_400

/** Ten times full: anything higher is a faulty reading. */
export const UTILISATION_MAX_PPM = 10_000_000

/** 2^30 times the start is above every ceiling in use; larger powers would overflow. */
export const BACKOFF_MAX_DOUBLINGS = 30

/** A display name in a tile stays readable on a phone. Counted in code points. */
export const DISPLAY_NAME_MAX_LENGTH = 64
export const ROOM_TITLE_MAX_LENGTH = 120
/** Host keys have 26 letters; anything longer is not one. */
export const HOST_KEY_MAX_LENGTH = 64
/** A ticket with the longest name, in JSON and base64, has about 900 characters. */
export const REJOIN_TICKET_MAX_LENGTH = 2_048
export const OFFLINE_GRANT_MAX_LENGTH = 2_048
/** The maximum is more than one node carries; expecting more would change nothing. */
export const EXPECTED_PARTICIPANTS_RANGE = { min: 2, max: 1_000 } as const

/** Life of a join link when its creator does not say otherwise. */
export const DEFAULT_ROOM_TTL_SEC = 30 * 86_400
/** One year: older links are forgotten by their owners, but not by mailboxes and chat logs. */
export const ROOM_TTL_MAX_SEC = 365 * 86_400

/** LiveKit tokens: long enough to connect from a slow phone, too short to pass on. */
export const PARTICIPANT_TOKEN_TTL_SEC = 120

/** One working day: a participant may come back all day without joining again. */
export const REJOIN_TICKET_TTL_SEC = 12 * 3_600

/** An offline branch may act on its grant for this long: a night and a working day. */
export const OFFLINE_GRANT_TTL_SEC = 24 * 3_600

/** A grant is renewed at half its life. */
export const OFFLINE_GRANT_RENEW_SEC = 12 * 3_600

/** How far the clock of an offline branch may be off. */
export const AGENT_CLOCK_MS = 3_600_000

/** After its end a grant still proves what was allowed while it was valid. */
export const OFFLINE_GRANT_PROOF_SEC = 7 * 86_400

/** The body of a request with an operator's or a node's credential; a report and a list of offline rooms may be larger. */
export const BODY_LIMIT_BYTES = 64 * 1024

/** The body of a request without a credential: a rejoin ticket of the longest name has 2 KB. */
export const ANYONE_BODY_LIMIT_BYTES = 8 * 1024

/** 500 rooms with titles of 120 characters, each of them escaped in JSON. */
export const OFFLINE_ROOMS_BODY_LIMIT_BYTES = 512 * 1024

/** 50,000 rooms of a node at about 80 bytes each. */
export const REPORT_BODY_LIMIT_BYTES = 5 * 1024 * 1024
export const REPORT_ROOMS_MAX = 50_000
export const REPORT_PARTICIPANTS_MAX = 10_000_000
export const LIVEKIT_ROOM_NAME_MAX_LENGTH = 128

/** A node carries no more rooms than this: each costs LiveKit half a megabyte. A report that lists more is refused. */
export const NODE_ROOMS_MAX = 4_000

/** Rooms that a node of any capacity may list: those that have just become empty count as well. */
export const NODE_ROOMS_ALWAYS = 100

/** The largest machine with LiveKit in use has 192 cores. */
export const CORES_MAX = 512

/** Ten times LiveKit's guidance of 400 tracks per core, and 2.5 times the most that an agent learns. */
export const TRACKS_PER_CORE_MAX = 4_000

/** Agents report this often: half the 4 s that the fleet budget allows. */
export const REPORT_EVERY_MS = 2_000

/** Joins from one address: an office of 1,000 people behind one address comes in within 20 s. */
export const JOINS_PER_MIN = 3_000

/** New rooms from one address. */
export const CREATIONS_PER_MIN = 120

/** By identity: a client that lost its node calls `rejoin` a few times in the first second, then once per second. */
export const REJOINS_PER_MIN = 150

/** Joins to live rooms stop at this share of a node's capacity, in millionths. Participants who come back may use it all. */
export const JOIN_CAP_PPM = 900_000

/** Joins per core and second that a node takes: a third of the 150 that LiveKit sustained when measured. */
export const JOINS_PER_SEC_PER_CORE = 50

/** Rooms of an offline branch in one request: 500 records are one Redis call of about 10 ms. */
export const OFFLINE_ROOMS_BATCH = 500

/** Fields at fault that one problem names: enough to correct a form. */
export const PROBLEM_ERRORS_MAX = 20

/** A load of more cores than this many times the capacity is a fault of the reading, not a load. */
export const REPORT_CPU_OVERLOAD_MAX = 10
