// A large fleet reports while people join at a steady rate: what a join waits, and what each part uses.
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type ControlPlaneStack, startControlPlanes } from '../../deploy/stack/control-plane-stack.ts'
import { type Fleet, openFleet } from './fleet.ts'
import { type Land, createRooms, lander, placeRooms } from './idle-rooms.ts'
import type { JoinOrder, JoinResult, Word } from './joiners.ts'
import { measureUsage, redisMemory, type Usage } from '../lib/usage.ts'

const SEED = 1
const NODES_PER_SITE = 100
const IDLE_ROOMS = 10_000
const PLACED_ROOMS = 3_000
const FRESH_SHARE = 0.1
const WARM_UP_SEC = 8

export interface ReportScaleOptions {
  nodes: number
  seconds: number
  joinsPerSec: number
  reportEveryMs: number
  replicas?: number
  /** The last replica takes the reports and the others the joins: shows whether they wait for each other there. */
  apart?: boolean
  controlPlaneEnv?: Record<string, string>
  signal?: AbortSignal
}

export interface ReportScale {
  reportsPerSec: number
  /** Reports without an answer in 3 s, from the first to the last. */
  reportsUnanswered: number
  joins: JoinResult
  /** CPU in cores. */
  cpuShare: { replicas: number; redis: number; joiners: number }
  simulatorCpuShare: number
  /** CPU of the simulator per report, other work of it included: people who come and go. */
  simulatorMicrosPerReport: number
  /** CPU in cores of everything else on this machine. */
  otherCpuShare: number
  redisBytesPerNode: number
  redisBytesPerRoom: number
  enrolSec: number
  violated: number
}

/** For 20,000 nodes in 200 sites: `{ nodes: 20_000, seconds: 30, joinsPerSec: 1_000, reportEveryMs: 4_000 }`. */
export async function benchReportScale(options: ReportScaleOptions): Promise<ReportScale> {
  const { nodes, seconds, joinsPerSec, signal, replicas = 1, controlPlaneEnv } = options
  const stack = await startControlPlanes({
    replicas,
    logLevel: 'warn',
    ...(controlPlaneEnv && { controlPlaneEnv }),
    ...(signal && { signal }),
  })
  const { urls } = stack
  const [reportUrls, joinUrls] = options.apart ? [urls.slice(-1), urls.slice(0, -1)] : [urls, urls]
  const fleet = openFleet({ ...stack, ...options, urls: reportUrls, sites: sitesFor(nodes), seed: SEED })
  try {
    const emptyBytes = await redisMemory(stack.redisUrl)
    const enrolSec = await fleet.enrol()
    await fleet.heard(2)
    const enrolledBytes = await redisMemory(stack.redisUrl)
    const fresh = await createRooms(stack.url, IDLE_ROOMS)
    const roomBytes = (await redisMemory(stack.redisUrl)) - enrolledBytes
    const land = lander(fleet, SEED)
    const placed = await createRooms(stack.url, PLACED_ROOMS)
    await placeRooms(stack.url, placed, land)
    await fleet.heard(1)
    const freshShare = FRESH_SHARE
    const order = {
      urls: joinUrls,
      seed: SEED,
      perSec: joinsPerSec,
      warmUpSec: WARM_UP_SEC,
      seconds,
      placed,
      fresh,
      freshShare,
    }
    const { joins, usage, reports } = await beside(fleet, stack, order, land, signal)
    fleet.throwFault()
    const { cores } = usage
    return {
      reportsPerSec: reports / usage.seconds,
      reportsUnanswered: fleet.counts.unanswered,
      joins,
      cpuShare: {
        replicas: sum(stack.controlPlanes.map((_, i) => cores[`replica ${i}`] ?? 0)),
        redis: cores['redis'] ?? 0,
        joiners: cores['joiners'] ?? 0,
      },
      simulatorCpuShare: cores['simulator'] ?? 0,
      simulatorMicrosPerReport: ((cores['simulator'] ?? 0) * usage.seconds * 1e6) / reports,
      otherCpuShare: usage.otherCores,
      redisBytesPerNode: (enrolledBytes - emptyBytes) / nodes,
      redisBytesPerRoom: roomBytes / IDLE_ROOMS,
      enrolSec,
      violated: fleet.truth.violated,
    }
  } finally {
    fleet.close()
    await stack.stop()
  }
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
interface Measured {
  joins: JoinResult
  usage: Usage<string>
  reports: number
}

/** The joiners run in a process of their own; what is measured is measured while they measure. */
function beside(
  fleet: Fleet,
  stack: ControlPlaneStack,
  order: JoinOrder,
  land: Land,
  signal?: AbortSignal,
): Promise<Measured> {
  const child: ChildProcess = fork(fileURLToPath(new URL('joiners.ts', import.meta.url)))
  signal?.addEventListener('abort', () => child.disconnect(), { once: true })
  return new Promise((resolve, reject) => {
    let stop: (() => Usage<string>) | undefined
    let before = 0
    child.on('message', (word: Word) => {
      if (word.kind === 'landed') for (const [node, roomName] of word.rooms) land(node, roomName)
      else if (word.kind === 'measuring') {
        before = fleet.counts.taken
        stop = measureUsage({ ...pidsOf(stack), joiners: child.pid ?? process.pid })
      } else if (stop) {
        resolve({ joins: word.result, usage: stop(), reports: fleet.counts.taken - before })
      }
    })
    child.once('exit', (code) => reject(new Error(`the joiners ended with code ${code}`)))
    child.send(order)
  })
}

/** A hundred to each. */
export const sitesFor = (nodes: number) => Math.max(1, Math.round(nodes / NODES_PER_SITE))

export function pidsOf(stack: ControlPlaneStack): Record<string, number> {
  const replicas = stack.controlPlanes.map(({ pid }, i) => [`replica ${i}`, pid])
  return { ...Object.fromEntries(replicas), redis: stack.redis.pid, simulator: process.pid }
}
