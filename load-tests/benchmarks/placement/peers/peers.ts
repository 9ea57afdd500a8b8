// What LiveKit's own cluster placement does at N nodes, on its real code, its real server and a real Redis.
// Alone: `node load-tests/benchmarks/placement/peers/peers.ts [--quick]` prints the figures as JSON.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { plainEnv } from '../../../../deploy/stack/environment.ts'
import { onShutdown } from '../../../../deploy/stack/processes/shutdown.ts'
import { LOOPBACK } from '../../../../deploy/stack/network/free-ports.ts'
import { printUserError } from '../../../../deploy/setup/user-error.mjs'
import { startRedis } from '../../../../deploy/stack/redis/redis.ts'
import { makeSecrets, nodeKey } from '../../../../deploy/stack/secrets.ts'
import { ensureLivekit } from '../../../../deploy/stack/tools/livekit.ts'
import { ensureRedis } from '../../../../deploy/stack/tools/redis.ts'
import { type Sandbox, openSandbox } from '../../../../deploy/stack/sandbox.ts'
import { ensurePeers } from './build.ts'
import { type ClusterServer, startClusterServer } from './cluster-server.ts'

const CALLERS = [1, 16]
const RACE_NODES = 100
const RACE_REPLICAS = 2

export interface SelectorPicks {
  /** `default` is what a configuration without `node_selector` gets. */
  name: string
  kind: string
  sortBy: string
  algorithm: string
  picks: number
  picksPerSec: number
  p50Us: number
  p99Us: number
}

export interface CreateRoomFigures {
  nodes: number
  callers: number
  rooms: number
  roomsPerSec: number
  p50Ms: number
  p99Ms: number
  /** All that Redis sent meanwhile, over the rooms. */
  redisBytesPerRoom: number
  /** Mean size of a node's record in Redis. */
  nodeBytes: number
}

export interface RaceFigures {
  rooms: number
  replicas: number
  nodes: number
  /** Rooms for which racers answered different nodes: the one written or, when the room was placed, found. */
  splitByAnswer: number
  /** Rooms for which racers went on to different nodes: LiveKit reads the map again after it wrote. */
  splitByUse: number
}

export interface RaceServersFigures {
  rooms: number
  servers: number
  nodes: number
  /** Rooms alive on both servers afterwards, by their own count; about half of the split ones can show. */
  hostedTwice: number
}

export interface PeerFigures {
  selector: { nodes: number; selectors: SelectorPicks[] }[]
  createRoom: CreateRoomFigures[]
  race: RaceFigures
  raceServers: RaceServersFigures
}

export interface PeerOptions {
  /** A Redis that nobody else uses, left full of rooms; absent: one of its own. */
  redisUrl?: string
  nodes: readonly number[]
  /** Per figure. */
  millis: number
  signal?: AbortSignal
}

type Flags = Readonly<Record<string, string | number>>
type Ask = <T>(command: string, flags: Flags) => Promise<T>

export async function benchPeers(options: PeerOptions): Promise<PeerFigures> {
  const [program, redisBinary, livekitBinary] = await Promise.all([
    ensurePeers(),
    ensureRedis(),
    ensureLivekit(),
  ])
  options.signal?.throwIfAborted()
  const place = await openSandbox('peers')
  const { processes, ports, dir } = place
  try {
    const redis = options.redisUrl ? new URL(options.redisUrl).host : await ownRedis(place, redisBinary)
    const key = nodeKey(makeSecrets(), 'peer')
    const start = (id: string) =>
      startClusterServer(processes, {
        id,
        binary: livekitBinary,
        take: ports,
        key,
        redis,
        dir: join(dir, id),
      })
    const env = { ...plainEnv(), LIVEKIT_API_KEY: key.apiKey, LIVEKIT_API_SECRET: key.apiSecret }
    // Told to stop by SIGINT, it takes its nodes out of Redis.
    const how = { env, killSignal: 'SIGINT', ...(options.signal && { signal: options.signal }) } as const
    const ask: Ask = async <T>(command: string, flags: Flags) => {
      const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)])
      const told = await promisify(execFile)(program, [command, ...args], how)
      return JSON.parse(told.stdout) as T
    }
    return await measure(ask, start, redis, options)
  } finally {
    await place.close()
  }
}

async function ownRedis({ processes, ports, dir }: Sandbox, binary: string): Promise<string> {
  const port = await ports.tcp()
  await startRedis(processes, { binary, port, dir: join(dir, 'redis'), logFile: join(dir, 'redis.log') })
  return `${LOOPBACK}:${port}`
}

/** One after the other: two at once would share the cores. */
async function measure(
  ask: Ask,
  start: (id: string) => Promise<ClusterServer>,
  redis: string,
  { nodes, millis }: PeerOptions,
): Promise<PeerFigures> {
  const figures: Pick<PeerFigures, 'selector' | 'createRoom'> = { selector: [], createRoom: [] }
  for (const count of nodes) figures.selector.push(await ask('selector', { nodes: count, millis }))
  // A race takes about a millisecond; over servers some sixty, since the loser waits for LiveKit's lock of the room.
  const rooms = Math.max(100, millis)
  // Before a server adds itself to the nodes.
  const race = await ask<RaceFigures>('race', { redis, rooms, nodes: RACE_NODES, replicas: RACE_REPLICAS })
  const first = await start('peer-1')
  for (const count of nodes)
    for (const callers of CALLERS)
      figures.createRoom.push(
        await ask('create-room', { redis, nodes: count, callers, millis, url: first.url }),
      )
  const servers = [first, await start('peer-2')]
  const raceServers = await ask<RaceServersFigures>('race-servers', {
    redis,
    rooms: Math.max(100, Math.round(millis / 10)),
    nodes: RACE_NODES,
    urls: servers.map(({ url }) => url).join(','),
    metrics: servers.map(({ metricsUrl }) => metricsUrl).join(','),
  })
  return { ...figures, race, raceServers }
}

async function main(signal: AbortSignal): Promise<void> {
  const quick = process.argv.includes('--quick')
  const figures = await benchPeers({
    nodes: quick ? [100] : [100, 1_000, 20_000],
    millis: quick ? 300 : 3_000,
    signal,
  })
  process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`)
}

if (import.meta.main) {
  const over = new AbortController()
  onShutdown({ stop: () => over.abort(), kill: () => process.exit(130) })
  await main(over.signal).catch((error: unknown) => {
    if (!over.signal.aborted) printUserError(error)
    process.exitCode = over.signal.aborted ? 130 : 1
  })
}
