// The cost of a standby while nothing happens: the same meeting without one, with one that is joined and paused, and with
// one whose sound runs, in turn and in one run, measured in the browser and on both nodes.
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { EdgeNode } from '@levee/deploy/stack'
import { until } from '@levee/deploy/until'
import { cpuSecOf } from '../../lib/proc.ts'
import { cpuSecOfOwn, foreignCores, markCpu } from '../measure/machine-cpu.ts'
import { send } from '../people/api.ts'
import { roomOn } from '../people/livekit-rooms.ts'
import { type Meeting, openMeeting } from '../people/meeting.ts'
import { untilStable } from '../people/pairs.ts'
import {
  COST_LEVEL_WITHIN_MS,
  COST_RATE_OVER_MS,
  COST_STABLE_MS,
  COST_WINDOW_MS,
  DISTURBED_CORES,
} from '../tuning.ts'
import { type Rig, openRig } from './rig.ts'
import { LEVELS, type Standby, levelMismatch } from './standby-level.ts'

const CHROMIUM = /chrom/

/** The cost during one window. Everything except memory is per participant. */
export interface Cost {
  /** Cores of the browser: all its processes, including our meter. */
  clientCores: number
  /** Cores of LiveKit on the node of the meeting. */
  mainCores: number
  /** Cores of LiveKit on the other node. */
  standbyCores: number
  /** kbit/s of RTP into and out of the other node's LiveKit, by its own counters. */
  inKbit: number
  outKbit: number
  /** Anonymous memory of the other node's LiveKit at the end, in MiB. Go returns memory late. */
  standbyMib: number
}

export interface CostTrial {
  /** In the order in which they were measured. */
  windows: { level: Standby; cost: Cost; foreignCores: number }[]
  disturbed: boolean
}

export interface CostOptions {
  trials: number
  people: number
  signal: AbortSignal
  onTrial: (trial: CostTrial) => void
}

export async function measureStandbyCost(options: CostOptions): Promise<CostTrial[]> {
  const { trials: wanted, people, signal } = options
  const rig = await openRig({ nodes: 2, standby: 'off', signal })
  const trials: CostTrial[] = []
  try {
    while (trials.filter(({ disturbed }) => !disturbed).length < wanted && trials.length < 2 * wanted) {
      signal.throwIfAborted()
      const meeting = await openMeeting(rig.browser, rig.stack, people)
      try {
        const windows: CostTrial['windows'] = []
        // Each level is measured first, second and third in turn.
        const first = trials.length % LEVELS.length
        for (const level of [...LEVELS.slice(first), ...LEVELS.slice(0, first)])
          windows.push(await measureWindow(rig, meeting, level))
        const trial = { windows, disturbed: windows.some((one) => one.foreignCores > DISTURBED_CORES) }
        trials.push(trial)
        options.onTrial(trial)
      } finally {
        await meeting.close()
      }
    }
    return trials
  } finally {
    await rig.close()
  }
}

async function measureWindow(rig: Rig, meeting: Meeting & { code: string }, level: Standby) {
  const { stack, nodes } = rig
  const main = nodes.find(({ id }) => id === meeting.node)
  const other = nodes.find(({ id }) => id !== meeting.node)
  if (!main || !other) throw new Error(`the meeting is on ${meeting.node}, which is not a node of this rig`)
  await send('PUT', `${stack.url}/v1/rooms/${meeting.code}/standby`, { level }, stack.operatorKey)
  const people = meeting.people.length
  const mismatch = async (inKbit: number) => {
    const { participants = 0, publishers = 0 } = (await roomOn(other, meeting.roomName)) ?? {}
    return levelMismatch(level, { people, participants, publishers, inKbit })
  }
  await untilLevel(other, level, people, mismatch)
  await untilStable(meeting, { forMs: COST_STABLE_MS, sinceMs: Date.now(), timeoutMs: 30_000 })
  const cpu = markCpu()
  const from = await readCounters(main, other)
  await pause(COST_WINDOW_MS)
  const to = await readCounters(main, other)
  const sec = (to.atMs - from.atMs) / 1000
  const perPerson = (counter: 'clientSec' | 'mainSec' | 'standbySec' | 'inKbit' | 'outKbit') =>
    (to[counter] - from[counter]) / sec / people
  const cost: Cost = {
    clientCores: perPerson('clientSec'),
    mainCores: perPerson('mainSec'),
    standbyCores: perPerson('standbySec'),
    inKbit: perPerson('inKbit'),
    outKbit: perPerson('outKbit'),
    standbyMib: to.standbyMib,
  }
  const why = await mismatch(cost.inKbit)
  if (why !== undefined) throw new Error(`Nothing was measured. The standby should be ${why}.`)
  return { level, cost, foreignCores: foreignCores(cpu) }
}

/** Resolves when participants, publishers and traffic match the level. */
async function untilLevel(
  node: EdgeNode,
  level: Standby,
  people: number,
  mismatch: (inKbit: number) => Promise<string | undefined>,
): Promise<void> {
  let before = await readReceived(node)
  let why: string | undefined
  await until(
    async () => {
      const now = await readReceived(node)
      why = await mismatch(((now.kbit - before.kbit) * 1000) / (now.atMs - before.atMs) / people)
      before = now
      return why === undefined
    },
    { what: `a standby that is ${level}`, timeoutMs: COST_LEVEL_WITHIN_MS, everyMs: COST_RATE_OVER_MS },
  ).catch((error: unknown) => {
    throw why === undefined ? error : new Error(`The standby should be ${why}.`, { cause: error })
  })
}

const readReceived = async (node: EdgeNode) => ({
  atMs: performance.now(),
  kbit: ((await packetBytes(node)).incoming * 8) / 1000,
})

async function readCounters(main: EdgeNode, other: EdgeNode) {
  const bytes = await packetBytes(other)
  return {
    atMs: performance.now(),
    clientSec: cpuSecOfOwn(CHROMIUM),
    mainSec: cpuSecOf(main.livekit.pid),
    standbySec: cpuSecOf(other.livekit.pid),
    standbyMib: anonymousMib(other.livekit.pid),
    inKbit: (bytes.incoming * 8) / 1000,
    outKbit: (bytes.outgoing * 8) / 1000,
  }
}

function anonymousMib(pid: number): number {
  const kib = /^RssAnon:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  if (kib === undefined) throw new Error(`/proc/${pid}/status has no RssAnon`)
  return Number(kib) / 1024
}

/** RTP bytes by LiveKit's own counters. A counter that was never used does not appear. */
async function packetBytes({ ports }: EdgeNode) {
  const reply = await fetch(`http://127.0.0.1:${ports.metrics}/metrics`)
  const text = await reply.text()
  const sum = (direction: string) =>
    [...text.matchAll(/^livekit_packet_bytes\{([^}]*)\} (\S+)$/gm)]
      .filter(([, labels]) => labels?.includes(`direction="${direction}"`))
      .reduce((total, [, , value]) => total + Number(value), 0)
  return { incoming: sum('incoming'), outgoing: sum('outgoing') }
}
