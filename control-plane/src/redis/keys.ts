/**
 * Every Redis key, in one place, with its shape. All share one hash tag, so a script's keys stand in one slot.
 * Lua builds the same keys from `KEYS[1]` (see lua/lib/keys.lua), because which nodes are touched is known only inside.
 *
 * {lv}:room:<roomId>            HASH  title, hostKeyHash, costTracks, site, createdAtMs, expiresAtMs, endedAtMs?
 *                                     Expires with the link.
 * {lv}:place:<roomId>           HASH  node, epoch, placedAtMs. Outlives the room record's end by nothing: same expiry.
 * {lv}:nodes                    ZSET  nodeId → Redis ms of the last report (0: enrolled, never reported)
 * {lv}:node:<nodeId>            HASH  site, url, apiKey, sealedSecret, secretHash, agentVersion, state, up, bootId, seq,
 *                                     utilPpm, capTracks, reservedTracks, rooms, participants, details (JSON for the ops view)
 * {lv}:node:<nodeId>:live       SET   LiveKit room names of the last known reading
 * {lv}:node:<nodeId>:reserved   HASH  room name → tracks still reserved
 * {lv}:node:<nodeId>:lapse      ZSET  room name → Redis ms when its reservation lapses
 * {lv}:sites                    SET   site ids
 * {lv}:eligible:<site>          SET   node ids that may take new rooms (serving, up); a silent node is weeded out when drawn
 * {lv}:eligible                 SET   the same over all sites, for spill-over
 */
export const KEY_ROOT = '{lv}'

export const NODES_KEY = `${KEY_ROOT}:nodes`
export const nodeKey = (node: string): string => `${KEY_ROOT}:node:${node}`
