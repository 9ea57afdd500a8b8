/** A Redis with a fleet that the stores have written, on which the benchmarks place rooms. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { createClient } from 'redis'
import { startRedis } from '../../deploy/stack/redis/redis.ts'
import { until } from '../../deploy/stack/until.ts'
import { ensureRedis } from '../../deploy/stack/tools/redis.ts'
import { openSandbox } from '../../deploy/stack/sandbox.ts'
import type { NodeReading } from '../src/domain/nodes.ts'
import type { RoomId } from '../src/protocol/room-names.ts'
import { openRedis, type RedisClient } from '../src/redis/connection/client.ts'
import type { StoresOptions } from '../src/redis/stores.ts'
import { createFlatStore, type FlatStore } from '../test/support/flat-store.ts'

const NODES_PER_SITE = 100
const IN_FLIGHT = 256

export const untilConnected = (client: RedisClient): Promise<unknown> =>
  until(() => client.ping().then(() => true), { what: 'Redis answers', everyMs: 20 })

export async function startBenchRedis() {
  const { processes, ports, dir, close } = await openSandbox('bench')
  const port = await ports.tcp()
  const child = await startRedis(processes, {
    binary: await ensureRedis(),
    port,
    dir,
    logFile: join(dir, 'redis.log'),
  })
  const url = `redis://127.0.0.1:${port}`
  const admin = createClient({ url })
  await admin.connect()
  const clients: RedisClient[] = []
  return {
    url,
    /** The stores of one replica, on a connection of its own. */
    async openReplica(options: Partial<StoresOptions> = {}): Promise<FlatStore> {
      const client = openRedis(url, pino({ level: 'silent' }))
      clients.push(client)
      await untilConnected(client)
      return createFlatStore(client, { spillTo: () => [], ...options })
    },
    setKey: (key: string, value: number) => admin.set(key, value),
    flush: () => admin.flushAll(),
    /** Bytes that Redis uses for data. */
    async memory(): Promise<number> {
      const info = await admin.info('memory')
      return Number(/^used_memory:(\d+)/m.exec(info)?.[1])
    },
    /** Microseconds of CPU since it started, in steps of the kernel's clock tick (10 ms). */
    cpuMicros(): number {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
      return (Number(fields[11]) + Number(fields[12])) * 10_000
    },
    async stop() {
      for (const client of clients) client.destroy()
      admin.destroy()
      await close()
    },
  }
}

export type BenchRedis = Awaited<ReturnType<typeof startBenchRedis>>

/** Calls `act` for 0 … count − 1, `callers` at a time. Returns the milliseconds that each call took. */
export async function inParallel(
  count: number,
  callers: number,
  act: (i: number) => Promise<unknown>,
): Promise<number[]> {
  const took: number[] = []
  let next = 0
  const caller = async () => {
    while (next < count) {
      const i = next++
      const startedAtMs = performance.now()
      await act(i)
      took.push(performance.now() - startedAtMs)
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  return took
}

/** As long as a real report. */
function reading(i: number, seq: number, capacityTracks: number): NodeReading {
  const capacity = { cpuCores: 16, egressBytesPerSec: 1.25e9, packetsPerSec: 640_000, tracks: capacityTracks }
  const load = { cpuCores: 1.37, egressBytesPerSec: 52_428_800, packetsPerSec: 43_210, tracks: 512 }
  return {
    node: `node-${i}`,
    secretHash: 'a'.repeat(64),
    bootId: '0f8fad5b-d9cb-469f-a165-70867728950e',
    seq,
    up: true,
    utilisationPpm: 1_000 + ((i * 7_919 + seq * 31) % 20_000),
    capacityTracks,
    joinsPerSec: 1_000_000,
    details: { capacity, load, cpuBusy: 0.1234, cpuSteal: 0.0012 },
    rooms: { since: seq === 1 ? 0 : seq - 1, changed: [], gone: [], rooms: 0, participants: 0 },
  }
}

export async function enrolFleet(
  store: FlatStore,
  nodes: number,
  {
    capacityTracks = 1e12,
    // As long as a sealed secret of 43 characters.
    seal = (_node: string) => `v1.${randomBytes(71).toString('base64url')}`,
  } = {},
) {
  let seq = 0
  await inParallel(nodes, IN_FLIGHT, (i) =>
    store.enrolNode({
      node: `node-${i}`,
      site: `site-${Math.floor(i / NODES_PER_SITE)}`,
      zone: `rack-${i % 10}`,
      url: `wss://node-${i}.edge.example.org`,
      apiKey: `APInode${i}`,
      sealedSecret: seal(`node-${i}`),
      secretHash: 'a'.repeat(64),
      agentVersion: '0.1.0',
    }),
  )
  const report = async () => {
    seq++
    await inParallel(nodes, IN_FLIGHT, (i) => store.reportNode(reading(i, seq, capacityTracks)))
  }
  await report()
  return { report }
}

export async function createRooms(store: FlatStore, count: number): Promise<RoomId[]> {
  const rooms = Array.from({ length: count }, () => randomBytes(8).toString('hex') as RoomId)
  await inParallel(count, IN_FLIGHT, (i) =>
    store.createRoom({
      roomId: rooms[i]!,
      title: 'Weekly',
      hostKeyHash: 'b'.repeat(64),
      costTracks: undefined,
      site: undefined,
      tenant: undefined,
      ttlMs: 30 * 86_400_000,
      startsAtMs: undefined,
    }),
  )
  return rooms
}

/** Throws on a refusal: a benchmark of refusals would be fast. */
export async function mustPlace(store: FlatStore, room: RoomId): Promise<{ node: string; epoch: number }> {
  const placed = await store.placeRoom(room, 'join', {})
  if ('refused' in placed) throw new Error(`refused: ${placed.refused}`)
  return placed
}
