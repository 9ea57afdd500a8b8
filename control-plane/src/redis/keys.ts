/**
 * Every Redis key, in one place, with its shape. All keys of a script stand under one root, whose hash tag puts them into
 * one slot; Lua builds them from `KEYS[1]` (lua/lib/keys.lua), because which ones are touched is known only inside.
 *
 * One Redis: one root, {lv}, for all sites. A Cluster: the root {lv} for what concerns all sites, and one root per site,
 * {lv01} … {lvzz}; a room's record stands under the root of its home, which the first letters of its id name.
 *
 * <root>:room:<roomId>     HASH  expiresAtMs (0: ended), node ('': none; '@site/node': under another root), epoch, title,
 *                                cost (tracks), hostKeyHash, declared?, site?, tenant?, startsAtMs?,
 *                                standby? ('<epoch> <node>'), level? (off | warm | sound), top? (highest epoch given, where a standby had one),
 *                                peak? (tracks). Expires with the link.
 * <root>:node:<nodeId>     HASH  site, state, up, seenMs, utilPpm, capTracks, resTracks, joinsCap, joins (second × 10⁶ + count),
 *                                eligible, standbyTracks, upSinceMs, zone, secretHash, bootId, lastBootId, seq, roomsSeq,
 *                                rooms, people, leaving? and drainUntilMs? (Redis ms), drainRooms?, emptiedMs?,
 *                                reached? (1: some replica has reached its LiveKit), runs? ('<start of its LiveKit, by its own clock, or
 *                                ?> <Redis ms at which another LiveKit than before was seen>'), restart? (Redis ms: LiveKit is
 *                                to be another one than it was then)
 * <root>:card:<nodeId>     STRING url, apiKey, sealedSecret, agentVersion, one a line
 * <root>:reading:<nodeId>  STRING JSON for the operations page
 * <root>:live:<nodeId>     SET   LiveKit room names of the last known reading
 * <root>:reserved:<nodeId> HASH  room name (+name: standby) → tracks still promised
 * <root>:lapse:<nodeId>    ZSET  the same names → Redis ms when the promise lapses
 * <root>:orders:<nodeId>   HASH  room name → drop | moved | changed: told with the next report
 * <root>:emptying          SET   nodes that are drained or leave
 * <root>:site:<site>       HASH  cap, load, res, serving (sums over its eligible nodes), rooms, people (over all),
 *                                ranges, fallback, boundary, spare, sweptMs, sweepAfter
 * <root>:restart:<site>    HASH  its nodes are restarted one by one: state (waiting | draining | restarting | stuck | done), node
 *                                ('': none yet), before (its state), after (the last node that is done with), done, skipped, total,
 *                                beganMs, askedMs (the node's turn began), sinceMs (the state began), backMs (the node was seen
 *                                again; 0: it was not), reason, need, free (tracks), cannot (1: its agent cannot), stopping (1)
 * <root>:sites             SET   sites under this root
 * <root>:seen:<site>       ZSET  nodeId → Redis ms of the last report (0: never)
 * <root>:names:<site>      ZSET  nodeId → 0, to be read page by page
 * <root>:eligible:<site>   SET   nodes that may take new rooms: up, serving, heard of
 * <root>:caps:<site>       ZSET  the same → capacity in tracks; the largest is what must be spared
 * <root>:learnt            HASH  tenant → tracks that its meetings come to
 * <root>:levels            HASH  tenant → standby level of its rooms, where an operator has said one; the same under every root
 * <root>:meta              HASH  tick (acknowledged writes), jump (times that some were lost), rewoundMs, process (of
 *                                Redis), unsureMs, bornMs (first greeting of this data)
 * {lv}:index               HASH  nodeId → "secretHash site"
 * {lv}:homes               HASH  site → number of its root
 */
import type { Shard } from '../protocol/room-names.ts'

/** What concerns all sites. */
export const GLOBAL_ROOT = '{lv}'

export const rootOf = (home: Shard): string => `{lv${home}}`
