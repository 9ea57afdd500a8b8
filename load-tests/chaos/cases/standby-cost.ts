// What a standby costs before anything happens: the same meeting with none, with one that is joined and paused, and with
// one that takes the sound all the time, in turn and in one run, on the client and on both nodes.
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { EdgeNode } from '../../../deploy/stack/stack.ts'
import { until } from '../../../deploy/stack/until.ts'
import { cpuSecOf, foreignCores, markCpu, secOfOurs } from '../measure/machine-cpu.ts'
import { roomOn } from '../people/livekit-rooms.ts'
import { type Meeting, calm, gatherLevee, send } from '../people/meeting.ts'
import { type Rig, type Standby, openRig } from './rig.ts'

export const LEVELS = ['off', 'warm', 'sound'] as const satisfies readonly Standby[]

const WINDOW_MS = 20_000
const CALM_MS = 3_000
/** What somebody sends is told over so long, while the level is waited for: LiveKit counts on every five seconds. */
const RATE_OVER_MS = 10_000
/** A trial with more than this is told to be disturbed. */
const FOREIGN_CORES = 0.15
const CHROMIUM = /chrom/

/** During one window; everything but memory is for each person. */
export interface Cost {
  /** Cores of the browser: all its processes, our meter in them included. */
  clientCores: number
  /** Cores of LiveKit where the meeting runs. */
  mainCores: number
  /** Cores of LiveKit where the standby is, or would be. */
  standbyCores: number
  /** kbit/s of RTP into and out of the standby’s LiveKit, by its own counters. */
  inKbit: number
  outKbit: number
  /** Anonymous memory of the standby’s LiveKit at the end, in MiB, with that of nobody in it. Go gives back late. */
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
      const meeting = await gatherLevee(rig.browser, rig.stack, people)
      try {
        const windows: CostTrial['windows'] = []
        // Each level comes first, second and third in turn.
        const first = trials.length % LEVELS.length
        for (const level of [...LEVELS.slice(first), ...LEVELS.slice(0, first)])
          windows.push(await windowAt(rig, meeting, level))
        const trial = { windows, disturbed: windows.some((one) => one.foreignCores > FOREIGN_CORES) }
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

/** What is seen of a level on the node that holds the standby. */
export interface Seen {
  people: number
  /** Of the meeting’s room there. */
  participants: number
  publishers: number
  /** For each person. */
  inKbit: number
}

/** A voice comes to 112 kbit/s (Opus sent twice against loss, measured); what a paused standby sends is keep-alives. */
const SOUND_KBIT = { least: 10, most: 200 }
const PAUSED_KBIT = 4

/** Why these figures are not those of this level; undefined: they are. */
export function notTaken(
  level: Standby,
  { people, participants, publishers, inKbit }: Seen,
): string | undefined {
  const there = `${participants} of ${people} people are on the standby’s node, ${publishers} publish there`
  if (level === 'off') return participants === 0 ? undefined : `off, and ${there}`
  if (participants !== people || publishers !== people) return `${level}, and ${there}`
  const sends = `each sends ${inKbit.toFixed(1)} kbit/s there`
  if (level === 'warm') return inKbit <= PAUSED_KBIT ? undefined : `warm and paused, and ${sends}`
  return inKbit >= SOUND_KBIT.least && inKbit <= SOUND_KBIT.most ? undefined : `sound running, and ${sends}`
}

async function windowAt(rig: Rig, meeting: Meeting & { code: string }, level: Standby) {
  const { stack, nodes } = rig
  const main = nodes.find(({ id }) => id === meeting.node)
  const other = nodes.find(({ id }) => id !== meeting.node)
  if (!main || !other) throw new Error(`the meeting is on ${meeting.node}, which is not one of ours`)
  await send('PUT', `${stack.url}/v1/rooms/${meeting.code}/standby`, { level }, stack.operatorKey)
  const people = meeting.people.length
  /** By the node’s own word, and by what came since then. */
  const whyNot = async (inKbit: number) => {
    const { participants = 0, publishers = 0 } = (await roomOn(other, meeting.roomName)) ?? {}
    return notTaken(level, { people, participants, publishers, inKbit })
  }
  await levelTaken(other, level, people, whyNot)
  await calm(meeting, { forMs: CALM_MS, sinceMs: Date.now(), timeoutMs: 30_000 })
  const cpu = markCpu()
  const from = await look(main, other)
  await pause(WINDOW_MS)
  const to = await look(main, other)
  const sec = (to.atMs - from.atMs) / 1000
  const each = (figure: 'clientSec' | 'mainSec' | 'standbySec' | 'inKbit' | 'outKbit') =>
    (to[figure] - from[figure]) / sec / people
  const cost: Cost = {
    clientCores: each('clientSec'),
    mainCores: each('mainSec'),
    standbyCores: each('standbySec'),
    inKbit: each('inKbit'),
    outKbit: each('outKbit'),
    standbyMib: to.standbyMib,
  }
  const why = await whyNot(cost.inKbit)
  if (why !== undefined) throw new Error(`Nothing was measured: ${why}.`)
  return { level, cost, foreignCores: foreignCores(cpu) }
}

/** Waits until people, publishers and what they send are those of the level. */
async function levelTaken(
  node: EdgeNode,
  level: Standby,
  people: number,
  whyNot: (inKbit: number) => Promise<string | undefined>,
): Promise<void> {
  let before = await receivedKbit(node)
  let why: string | undefined
  await until(
    async () => {
      const now = await receivedKbit(node)
      why = await whyNot(((now.kbit - before.kbit) * 1000) / (now.atMs - before.atMs) / people)
      before = now
      return why === undefined
    },
    { what: `a standby that is ${level}`, timeoutMs: 60_000, everyMs: RATE_OVER_MS },
  ).catch((error: unknown) => {
    throw why === undefined ? error : new Error(`The level was never there: ${why}.`, { cause: error })
  })
}

const receivedKbit = async (node: EdgeNode) => ({
  atMs: performance.now(),
  kbit: ((await packetBytes(node)).incoming * 8) / 1000,
})

async function look(main: EdgeNode, other: EdgeNode) {
  const bytes = await packetBytes(other)
  return {
    atMs: performance.now(),
    clientSec: secOfOurs(CHROMIUM),
    mainSec: cpuSecOf(main.livekit.pid),
    standbySec: cpuSecOf(other.livekit.pid),
    standbyMib: anonymousMib(other.livekit.pid),
    inKbit: (bytes.incoming * 8) / 1000,
    outKbit: (bytes.outgoing * 8) / 1000,
  }
}

function anonymousMib(pid: number): number {
  const kib = /^RssAnon:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  if (kib === undefined) throw new Error(`the memory of process ${pid} is not told`)
  return Number(kib) / 1024
}

/** RTP, by LiveKit’s own counters. A counter that was never used is not there. */
async function packetBytes({ ports }: EdgeNode) {
  const reply = await fetch(`http://127.0.0.1:${ports.metrics}/metrics`)
  const text = await reply.text()
  const sum = (direction: string) =>
    [...text.matchAll(/^livekit_packet_bytes\{([^}]*)\} (\S+)$/gm)]
      .filter(([, labels]) => labels?.includes(`direction="${direction}"`))
      .reduce((total, [, , value]) => total + Number(value), 0)
  return { incoming: sum('incoming'), outgoing: sum('outgoing') }
}
