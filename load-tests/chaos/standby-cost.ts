// What a standby costs before anything happens: the same meeting with none, with one that is joined and paused, and with
// one that takes the sound all the time, in turn and in one run, on the client and on both nodes.
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { EdgeNode } from '../../deploy/local/stack.ts'
import { until } from '../../deploy/local/until.ts'
import { cpuSecOf, foreignCores, markCpu, secOfOurs } from './cpu.ts'
import { listRooms } from './livekit-rooms.ts'
import { type Meeting, calm, gatherLevee } from './meeting.ts'
import { type Rig, type Standby, openRig } from './rig.ts'

export const LEVELS = ['off', 'warm', 'sound'] as const satisfies readonly Standby[]

const WINDOW_MS = 10_000
const CALM_MS = 3_000
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

/** Sound alone comes to 16–40 kbit/s; what a paused standby sends is keep-alives. */
const SOUND_KBIT = { least: 10, most: 100 }
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
  await setLevel(stack, meeting.code, level)
  const people = meeting.people.length
  const seen = async (): Promise<Omit<Seen, 'inKbit'>> => {
    const [room = ''] = meeting.roomName.split('~')
    const there = (await listRooms(other)).find(({ name }) => name.startsWith(`${room}~`))
    return { people, participants: there?.participants ?? 0, publishers: there?.publishers ?? 0 }
  }
  await until(async () => notTaken(level, { ...(await seen()), inKbit: usualKbit(level) }) === undefined, {
    what: `the standby being ${level}`,
    timeoutMs: 40_000,
    everyMs: 200,
  }).catch(async (error: unknown) => {
    throw new Error(notTaken(level, { ...(await seen()), inKbit: usualKbit(level) }), { cause: error })
  })
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
  const why = notTaken(level, { ...(await seen()), inKbit: cost.inKbit })
  if (why !== undefined) throw new Error(`Nothing was measured: ${why}.`)
  return { level, cost, foreignCores: foreignCores(cpu) }
}

const usualKbit = (level: Standby) => (level === 'sound' ? SOUND_KBIT.least : 0)

async function setLevel(stack: Rig['stack'], code: string, level: Standby): Promise<void> {
  const reply = await fetch(`${stack.url}/v1/rooms/${code}/standby`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${stack.operatorKey}` },
    body: JSON.stringify({ level }),
  })
  if (!reply.ok) throw new Error(`standby ${level} answered ${reply.status}: ${await reply.text()}`)
}

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
