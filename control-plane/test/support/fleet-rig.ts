/** A fleet in a real Redis with the real scripts, whose clock the test sets. One Redis per test file. */
import assert from 'node:assert/strict'
import { after, before, beforeEach } from 'node:test'
import type { NodeReading } from '../../src/domain/nodes.ts'
import type { Placement } from '../../src/domain/rooms.ts'
import type { RoomId } from '../../src/protocol/room-names.ts'
import { PLACEMENT } from '../../src/tuning/placement.ts'
import type { StoresOptions } from '../../src/redis/stores.ts'
import { createFlatStore, type FlatStore } from './flat-store.ts'
import { INCLUDES, startModelRedis, type ModelRedis } from '../model/redis.ts'

export let redis: ModelRedis
let stop: () => Promise<void>
before(async () => ({ redis, stop } = await startModelRedis()))
after(() => stop())

/** The store under test; `openStore` replaces it. */
export let store: FlatStore
let rooms = 0
/** `seq` of each node's last report. */
export const seqs = new Map<string, number>()
const START_MS = 1_800_000_000_000

const open = (options: Partial<StoresOptions> = {}) =>
  createFlatStore(redis.client('single'), {
    spillTo: () => [],
    reportWaitMs: 0,
    includes: INCLUDES,
    ...options,
  })
/** From here on `store` is another replica with these options. */
export const openStore = (options: Partial<StoresOptions> = {}): void => void (store = open(options))

beforeEach(async () => {
  await redis.flush()
  await redis.setNow(START_MS)
  await redis.seedDraw(1)
  seqs.clear()
  store = open()
})

export const later = (ms: number) => redis.setNow(redis.now() + ms)
export const enrol = (node: string, site = 'hq', zone = '') =>
  store.enrolNode({
    node,
    site,
    zone,
    url: `wss://${node}`,
    apiKey: 'k',
    sealedSecret: 's',
    secretHash: `secret-${node}`,
    agentVersion: '1',
  })
export function report(node: string, change: Partial<NodeReading> = {}) {
  const seq = (seqs.get(node) ?? 0) + 1
  seqs.set(node, seq)
  return store.reportNode({
    node,
    secretHash: `secret-${node}`,
    bootId: 'boot-one',
    seq,
    up: true,
    utilisationPpm: 0,
    capacityTracks: 1_000,
    joinsPerSec: 1_000,
    details: {
      capacity: { cpuCores: 1, egressBytesPerSec: 1, packetsPerSec: 1, tracks: 1_000 },
      load: null,
      cpuBusy: 0,
      cpuSteal: 0,
    },
    rooms: null,
    ...change,
  })
}
export const whole = (...list: [string, number][]): NodeReading['rooms'] => ({
  since: 0,
  changed: list.map(([name, tracks]) => ({ name, participants: 1, tracks })),
  gone: [],
  rooms: list.length,
  participants: list.length,
})
/** Enrols nodes and lets them report until their slow start is over. */
export async function fleet(...nodes: [string, site?: string, zone?: string][]): Promise<void> {
  for (const [node, site, zone] of nodes) await enrol(node, site, zone)
  for (const [node] of nodes) await report(node)
  await later(PLACEMENT.slowStartMs)
  for (const [node] of nodes) await report(node)
}
export async function room(
  change: {
    costTracks?: number
    site?: string
    tenant?: string
    startsAtMs?: number
    ttlMs?: number
  } = {},
): Promise<RoomId> {
  const roomId = (rooms++).toString(36).padStart(16, '0') as RoomId
  await store.createRoom({
    roomId,
    title: '',
    hostKeyHash: 'h',
    costTracks: change.costTracks,
    site: change.site,
    tenant: change.tenant,
    ttlMs: change.ttlMs ?? 86_400_000,
    startsAtMs: change.startsAtMs,
  })
  return roomId
}
export async function place(
  roomId: RoomId,
  purpose: 'join' | 'rejoin' = 'join',
  near?: string,
): Promise<Placement> {
  const placed = await store.placeRoom(roomId, purpose, { near })
  assert.ok(!('refused' in placed), `refused: ${JSON.stringify(placed)}`)
  return placed
}
export async function refusal(roomId: RoomId, near?: string): Promise<string> {
  const placed = await store.placeRoom(roomId, 'join', { near })
  assert.ok('refused' in placed, JSON.stringify(placed))
  return placed.refused
}
export const nodeOf = async (node: string, site = 'hq') =>
  (await store.readNodes({ site, limit: 100 })).find((n) => n.node === node)
export const siteOf = async (site = 'hq') => (await store.readSites()).find((s) => s.site === site)
