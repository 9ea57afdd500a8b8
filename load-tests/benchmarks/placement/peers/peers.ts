// LiveKit's own cluster placement in fleets of each size: its real code, its real server, a real Redis.
// `node load-tests/benchmarks/placement/peers/peers.ts [--quick]` prints the results as JSON.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { plainEnv } from '@levee/deploy/environment'
import { LOOPBACK } from '@levee/deploy/network/free-ports'
import { startRedis } from '@levee/deploy/redis/redis'
import { type Sandbox, openSandbox } from '@levee/deploy/sandbox'
import { makeSecrets, nodeKey } from '@levee/deploy/secrets'
import { ensureLivekit } from '@levee/deploy/tools/livekit'
import { ensureRedis } from '@levee/deploy/tools/redis'
import { readArguments } from '../../../../deploy/setup/arguments.mjs'
import { runCommand } from '../../../lib/command.ts'
import { PEER_CALLERS, PEER_RACE_NODES, PEER_RACE_REPLICAS } from '../../tuning.ts'
import { ensurePeers } from './build.ts'
import { type ClusterServer, startClusterServer } from './cluster-server.ts'

export interface SelectorPicks {
  /** `default`: what a configuration without `node_selector` gets. */
  name: string
  kind: string
  sortBy: string
  algorithm: string
  picks: number
  picksPerSec: number
  p50Us: number
  p99Us: number
}

export interface CreateRoomResult {
  nodes: number
  callers: number
  rooms: number
  roomsPerSec: number
  p50Ms: number
  p99Ms: number
  /** Bytes that Redis sent during the measurement, divided by the rooms. */
  redisBytesPerRoom: number
  /** Mean size of a node's record in Redis. */
  nodeBytes: number
}

export interface RaceResult {
  rooms: number
  replicas: number
  nodes: number
  /**
   * Rooms for which racers answered different nodes: the one that they wrote or, if the room was placed already, found.
   */
  splitByAnswer: number
  /** Rooms for which racers then used different nodes: LiveKit reads the map again after writing. */
  splitByUse: number
}

export interface RaceServersResult {
  rooms: number
  servers: number
  nodes: number
  /** Rooms that exist on both servers afterwards, by their own count; that shows about half of the split rooms. */
  hostedTwice: number
}

export interface PeerResults {
  selector: { nodes: number; selectors: SelectorPicks[] }[]
  createRoom: CreateRoomResult[]
  race: RaceResult
  raceServers: RaceServersResult
}

export interface PeerOptions {
  nodes: readonly number[]
  /** Duration of each measurement. */
  millis: number
  signal: AbortSignal
}

type Flags = Readonly<Record<string, string | number>>
/** Runs a command of the program in this folder and returns the JSON that it prints. */
type Run = <T>(command: string, flags: Flags) => Promise<T>

export async function benchPeers(options: PeerOptions): Promise<PeerResults> {
  const { signal } = options
  const [program, redisBinary, livekitBinary] = await Promise.all([
    ensurePeers(),
    ensureRedis(),
    ensureLivekit(),
  ])
  signal.throwIfAborted()
  const sandbox = await openSandbox('peers')
  const { processes, ports, dir } = sandbox
  try {
    const redis = await startOwnRedis(sandbox, redisBinary)
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
    const run: Run = async <T>(command: string, flags: Flags) => {
      const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)])
      // On SIGINT the program removes its nodes from Redis.
      const { stdout } = await promisify(execFile)(program, [command, ...args], {
        env,
        killSignal: 'SIGINT',
        signal,
      })
      return JSON.parse(stdout) as T
    }
    return await measure(run, start, redis, options)
  } finally {
    await sandbox.close()
  }
}

async function startOwnRedis({ processes, ports, dir }: Sandbox, binary: string): Promise<string> {
  const port = await ports.tcp()
  await startRedis(processes, { binary, port, dir: join(dir, 'redis'), logFile: join(dir, 'redis.log') })
  return `${LOOPBACK}:${port}`
}

/** Measures one after the other, because two at once would share the cores. */
async function measure(
  run: Run,
  start: (id: string) => Promise<ClusterServer>,
  redis: string,
  { nodes, millis }: PeerOptions,
): Promise<PeerResults> {
  const selector: PeerResults['selector'] = []
  for (const count of nodes) selector.push(await run('selector', { nodes: count, millis }))
  // A race takes about a millisecond; between servers about sixty, because the loser waits for LiveKit's room lock.
  const rooms = Math.max(100, millis)
  // Before the first server adds itself to the nodes.
  const race = await run<RaceResult>('race', {
    redis,
    rooms,
    nodes: PEER_RACE_NODES,
    replicas: PEER_RACE_REPLICAS,
  })
  const first = await start('peer-1')
  const createRoom: CreateRoomResult[] = []
  for (const count of nodes)
    for (const callers of PEER_CALLERS)
      createRoom.push(await run('create-room', { redis, nodes: count, callers, millis, url: first.url }))
  const servers = [first, await start('peer-2')]
  const raceServers = await run<RaceServersResult>('race-servers', {
    redis,
    rooms: Math.max(100, Math.round(millis / 10)),
    nodes: PEER_RACE_NODES,
    urls: servers.map(({ url }) => url).join(','),
    metrics: servers.map(({ metricsUrl }) => metricsUrl).join(','),
  })
  return { selector, createRoom, race, raceServers }
}

if (import.meta.main)
  await runCommand(async (signal) => {
    const { values } = readArguments('node load-tests/benchmarks/placement/peers/peers.ts [--quick]', {
      options: { quick: { type: 'boolean', default: false } },
    })
    const { quick } = values
    const results = await benchPeers({
      nodes: quick ? [100] : [100, 1_000, 20_000],
      millis: quick ? 300 : 3_000,
      signal,
    })
    process.stdout.write(`${JSON.stringify(results, null, 2)}\n`)
  })
