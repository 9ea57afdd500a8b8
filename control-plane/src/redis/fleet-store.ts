import type { FleetStore, NodeDetails, NodeRecord, NodeState, PlaceRefusal } from '../domain/placement.ts'
import {
  CANDIDATES,
  DEAD_AFTER_MS,
  JOIN_CAP_PPM,
  NEW_ROOM_CAP_PPM,
  RESERVATION_TTL_MS,
  SUSPECT_AFTER_MS,
} from '../limits.ts'
import type { RedisClient } from './client.ts'
import { withDeadline } from './client.ts'
import { NODES_KEY, nodeKey } from './keys.ts'
import { loadScript, runScript } from './scripts.ts'

const PLACE_REFUSALS: Record<string, PlaceRefusal> = {
  unknown: { refused: 'room_not_found' },
  forbidden: { refused: 'host_key_refused' },
  no_node: { refused: 'no_node' },
  fleet_full: { refused: 'fleet_full' },
  node_full: { refused: 'node_full' },
}

/** The fleet in Redis. Hides scripts, keys and replies; each method but readFleet is one script, one round trip. */
export function createFleetStore(client: RedisClient): FleetStore {
  const scripts = {
    createRoom: loadScript('create-room'),
    viewRoom: loadScript('view-room'),
    placeRoom: loadScript('place-room'),
    endRoom: loadScript('end-room'),
    enrolNode: loadScript('enrol-node'),
    reportNode: loadScript('report-node'),
    setNodeState: loadScript('set-node-state'),
  }
  const run = async (verb: keyof typeof scripts, ...args: (string | number)[]): Promise<string[]> => {
    const reply = await runScript(client, scripts[verb], args.map(String))
    return (Array.isArray(reply) ? reply : [reply]).map(String)
  }

  return {
    async createRoom(room) {
      const [answer, expiresAtMs] = await run(
        'createRoom',
        room.roomId,
        room.title,
        room.hostKeyHash,
        room.costTracks,
        room.site ?? '',
        room.ttlMs,
      )
      return answer === 'created' ? { expiresAtMs: Number(expiresAtMs) } : { refused: 'taken' }
    },

    async viewRoom(roomId) {
      const [answer, title = '', expiresAtMs] = await run('viewRoom', roomId)
      return answer === 'room' ? { title, expiresAtMs: Number(expiresAtMs) } : { refused: 'room_not_found' }
    },

    async placeRoom(roomId, purpose, { site = '', hostKeyHash = '' }) {
      const reply = await run(
        'placeRoom',
        roomId,
        purpose,
        site,
        hostKeyHash,
        NEW_ROOM_CAP_PPM,
        JOIN_CAP_PPM,
        RESERVATION_TTL_MS,
        SUSPECT_AFTER_MS,
        DEAD_AFTER_MS,
        CANDIDATES,
      )
      const [
        answer = '',
        node = '',
        epoch,
        atSite = '',
        url = '',
        apiKey = '',
        sealedSecret = '',
        title = '',
        expiresAtMs,
      ] = reply
      const refusal = PLACE_REFUSALS[answer]
      if (refusal) return refusal
      return {
        node,
        epoch: Number(epoch),
        site: atSite,
        url,
        apiKey,
        sealedSecret,
        title,
        expiresAtMs: Number(expiresAtMs),
      }
    },

    async endRoom(roomId, hostKeyHash) {
      const [answer] = await run('endRoom', roomId, hostKeyHash)
      return answer as 'ended' | 'unknown' | 'forbidden'
    },

    async enrolNode(n) {
      const [answer] = await run(
        'enrolNode',
        n.node,
        n.site,
        n.url,
        n.apiKey,
        n.sealedSecret,
        n.secretHash,
        n.agentVersion,
      )
      return answer as 'enrolled' | 'taken'
    },

    async reportNode(r) {
      const rooms = r.rooms ? JSON.stringify(r.rooms.map((x) => [x.name, x.participants, x.tracks])) : ''
      const [answer, state, ...drop] = await run(
        'reportNode',
        r.node,
        r.secretHash,
        r.bootId,
        r.seq,
        r.up ? 1 : 0,
        r.utilisationPpm ?? '',
        Math.round(r.capacityTracks),
        JSON.stringify(r.details),
        rooms,
      )
      if (answer === 'unauthorized') return { refused: 'node_unauthorized' }
      return { state: state as NodeState, drop }
    },

    async setNodeState(node, state) {
      const [answer] = await run('setNodeState', node, state)
      return answer as 'set' | 'unknown'
    },

    async readFleet() {
      const [seen, time] = await withDeadline(() =>
        Promise.all([client.zRangeWithScores(NODES_KEY, 0, -1), client.time()]),
      )
      const now = Number(time[0]) * 1000 + Math.floor(Number(time[1]) / 1000)
      const fields = await withDeadline(() => Promise.all(seen.map((n) => client.hGetAll(nodeKey(n.value)))))
      const nodes: NodeRecord[] = []
      seen.forEach(({ value: node, score }, i) => {
        const f = fields[i]
        if (f?.['site']) nodes.push(nodeRecord(node, f, score > 0 ? Math.max(0, now - score) : null))
      })
      return nodes
    },

    async ping() {
      await withDeadline(() => client.ping())
    },
  }
}

function nodeRecord(node: string, f: Record<string, string>, silentMs: number | null): NodeRecord {
  const sum = (field: string): number => Number(f[field] ?? 0)
  return {
    node,
    site: f['site'] ?? '',
    url: f['url'] ?? '',
    agentVersion: f['agentVersion'] ?? '',
    state: (f['state'] ?? 'serving') as NodeState,
    up: f['up'] === '1',
    silentMs,
    utilisationPpm: sum('utilPpm'),
    capacityTracks: sum('capTracks'),
    reservedTracks: sum('reservedTracks'),
    rooms: sum('rooms'),
    participants: sum('participants'),
    details: f['details'] ? (JSON.parse(f['details']) as NodeDetails) : null,
  }
}
