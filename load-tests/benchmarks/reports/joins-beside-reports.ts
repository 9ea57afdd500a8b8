// A large fleet reports while participants join at a steady rate: how long a join takes, and what each part uses.
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type ControlPlaneStack, startControlPlanes } from '@levee/deploy/control-plane-stack'
import { measureUsage, redisMemory, type Usage } from '../../lib/usage.ts'
import { type Fleet, openFleet } from '../../simulator/nodes/fleet.ts'
import {
  FLEET_SEED,
  IDLE_ROOMS,
  JOIN_LOAD_WARM_UP_SEC,
  NEW_ROOM_SHARE,
  NODES_PER_SITE,
  PLACED_ROOMS,
} from '../tuning.ts'
import type { JoinLoad, JoinLoadMessage, JoinResult } from './join-load.ts'
import { type Admit, admitTo, createRooms, placeRooms } from './rooms.ts'

export interface ReportingFleetOptions {
  nodes: number
  seconds: number
  joinsPerSec: number
  reportEveryMs: number
  replicas?: number
  /** The last replica takes the reports and the others the joins. Shows whether joins wait for reports in a replica. */
  apart?: boolean
  controlPlaneEnv?: Record<string, string>
  signal: AbortSignal
}

export interface JoinsBesideReports {
  reportsPerSec: number
  /** Reports without an answer in 3 s, over the whole run. */
  reportsUnanswered: number
  joins: JoinResult
  /** CPU in cores. `other`: everything else on this machine. */
  cores: { replicas: number; redis: number; joinLoad: number; simulator: number; other: number }
  /** CPU of the simulator per report, including its participants. */
  simulatorMicrosPerReport: number
  redisBytesPerNode: number
  redisBytesPerRoom: number
  enrolSec: number
  violated: number
}

/** For 20,000 nodes at 200 sites: `{ nodes: 20_000, seconds: 30, joinsPerSec: 1_000, reportEveryMs: 4_000 }`. */
export async function measureJoinsBesideReports(options: ReportingFleetOptions): Promise<JoinsBesideReports> {
  const { nodes, seconds, joinsPerSec, signal, replicas = 1, controlPlaneEnv } = options
  const stack = await startControlPlanes({
    replicas,
    logLevel: 'warn',
    signal,
    ...(controlPlaneEnv && { controlPlaneEnv }),
  })
  const { urls, redisUrl } = stack
  const [reportUrls, joinUrls] = options.apart ? [urls.slice(-1), urls.slice(0, -1)] : [urls, urls]
  const fleet = openFleet({
    ...stack,
    ...options,
    urls: reportUrls,
    sites: sitesFor(nodes),
    seed: FLEET_SEED,
  })
  try {
    const emptyBytes = await redisMemory(redisUrl)
    const enrolSec = await fleet.enrol()
    await fleet.allReported(2)
    const enrolledBytes = await redisMemory(redisUrl)
    const fresh = await createRooms(stack.url, IDLE_ROOMS)
    const roomBytes = (await redisMemory(redisUrl)) - enrolledBytes
    const admit = admitTo(fleet, FLEET_SEED)
    const placed = await createRooms(stack.url, PLACED_ROOMS)
    await placeRooms(stack.url, placed, admit)
    await fleet.allReported(1)
    const load: JoinLoad = {
      urls: joinUrls,
      seed: FLEET_SEED,
      perSec: joinsPerSec,
      warmUpSec: JOIN_LOAD_WARM_UP_SEC,
      seconds,
      placed,
      fresh,
      freshShare: NEW_ROOM_SHARE,
    }
    const { joins, usage, reports } = await measureLoad(load, { fleet, stack, admit, signal })
    fleet.throwOwnError()
    const coresOf = (name: string) => usage.cores[name] ?? 0
    return {
      reportsPerSec: reports / usage.seconds,
      reportsUnanswered: fleet.counts.unanswered,
      joins,
      cores: {
        replicas: stack.controlPlanes.reduce((sum, _, i) => sum + coresOf(`replica ${i}`), 0),
        redis: coresOf('redis'),
        joinLoad: coresOf('join load'),
        simulator: coresOf('simulator'),
        other: usage.otherCores,
      },
      simulatorMicrosPerReport: (coresOf('simulator') * usage.seconds * 1e6) / reports,
      redisBytesPerNode: (enrolledBytes - emptyBytes) / nodes,
      redisBytesPerRoom: roomBytes / IDLE_ROOMS,
      enrolSec,
      violated: fleet.invariants.violated,
    }
  } finally {
    fleet.close()
    await stack.stop()
  }
}

interface LoadResult {
  joins: JoinResult
  usage: Usage<string>
  reports: number
}

/** The joins run in a separate process; CPU and reports are counted while it measures. */
function measureLoad(
  load: JoinLoad,
  at: { fleet: Fleet; stack: ControlPlaneStack; admit: Admit; signal: AbortSignal },
): Promise<LoadResult> {
  const { fleet, stack } = at
  const child: ChildProcess = fork(fileURLToPath(new URL('join-load.ts', import.meta.url)))
  at.signal.addEventListener('abort', () => child.disconnect(), { once: true })
  return new Promise((resolve, reject) => {
    let stop: (() => Usage<string>) | undefined
    let before = 0
    child.on('message', (message: JoinLoadMessage) => {
      if (message.kind === 'admitted') for (const [node, roomName] of message.rooms) at.admit(node, roomName)
      else if (message.kind === 'measuring') {
        before = fleet.counts.accepted
        stop = measureUsage({ ...pidsOf(stack), 'join load': child.pid ?? process.pid })
      } else if (stop) {
        resolve({ joins: message.result, usage: stop(), reports: fleet.counts.accepted - before })
      }
    })
    child.once('exit', (code) => reject(new Error(`the join load ended with code ${code}`)))
    child.send(load)
  })
}

export const sitesFor = (nodes: number) => Math.max(1, Math.round(nodes / NODES_PER_SITE))

export function pidsOf(stack: ControlPlaneStack): Record<string, number> {
  const replicas = stack.controlPlanes.map(({ pid }, i) => [`replica ${i}`, pid])
  return { ...Object.fromEntries(replicas), redis: stack.redis.pid, simulator: process.pid }
}
